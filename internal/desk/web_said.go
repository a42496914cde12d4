package desk

import (
	"context"
	"strings"

	"lienthong/internal/dossier"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
)

// said tells what was done and what happens next.
func (room *Room) said(ctx context.Context, act dossier.Act, d *dossier.Dossier) i18n.Msg {
	switch act {
	case dossier.ActClaim:
		return i18n.M("Ông/bà đã nhận xử lý hồ sơ %s.", d.Code)
	case dossier.ActRelease:
		return i18n.M("Hồ sơ %s chờ đồng nghiệp khác nhận.", d.Code)
	case dossier.ActAssign:
		return i18n.M("Đã giao việc ở hồ sơ %s.", d.Code)
	case dossier.ActAccept:
		return i18n.M("Đã tiếp nhận hồ sơ %s. Hẹn trả trước %s.", d.Code, web.DateTime(d.DueAt))
	case dossier.ActForward:
		return room.saidForward(ctx, d)
	case dossier.ActBack:
		return i18n.M("Đã trả hồ sơ %s về bước trước.", d.Code)
	case dossier.ActRequestMore:
		return i18n.M("Đã yêu cầu bổ sung hồ sơ %s. Thời hạn tạm dừng cho đến khi người nộp bổ sung.", d.Code)
	case dossier.ActSupplement:
		return i18n.M("Đã nhận giấy tờ bổ sung của hồ sơ %s. Thời hạn chạy tiếp.", d.Code)
	case dossier.ActRefuse:
		return i18n.M("Đã từ chối tiếp nhận hồ sơ %s. Người nộp nhận được lý do.", d.Code)
	case dossier.ActStop:
		return i18n.M("Đã dừng xử lý hồ sơ %s. Người nộp nhận được lý do.", d.Code)
	case dossier.ActWithdraw:
		return i18n.M("Đã ghi nhận người nộp rút hồ sơ %s.", d.Code)
	case dossier.ActExtend:
		return i18n.M("Đã hẹn lại hồ sơ %s đến %s.", d.Code, web.DateTime(d.DueAt))
	case dossier.ActObligation:
		return i18n.M("Đã thông báo nghĩa vụ tài chính của hồ sơ %s. Thời hạn tạm dừng.", d.Code)
	case dossier.ActObligationMet:
		return i18n.M("Đã xác nhận nghĩa vụ tài chính của hồ sơ %s. Thời hạn chạy tiếp.", d.Code)
	case dossier.ActReturn:
		return i18n.M("Đã trả kết quả hồ sơ %s cho %s. Hồ sơ hoàn thành.", d.Code, d.ReturnedTo)
	case dossier.ActCheckPapers:
		return i18n.M("Đã lưu kết quả kiểm tra giấy tờ.")
	case dossier.ActCollectFee:
		return i18n.M("Đã ghi nhận khoản thu của hồ sơ %s.", d.Code)
	case dossier.ActAttach:
		return i18n.M("Đã thêm tệp vào hồ sơ %s.", d.Code)
	}
	return i18n.M("Đã cập nhật hồ sơ %s.", d.Code)
}

// saidForward names who has the dossier now.
func (room *Room) saidForward(ctx context.Context, d *dossier.Dossier) i18n.Msg {
	v, err := room.Dossiers.Read(ctx, d.ID)
	if err != nil {
		return i18n.M("Đã chuyển hồ sơ %s.", d.Code)
	}
	var at []string
	for _, st := range v.Steps {
		if st.Open() {
			at = append(at, st.UnitName+" ("+st.Name+")")
		}
	}
	if len(at) == 0 {
		return i18n.M("Đã chuyển hồ sơ %s.", d.Code)
	}
	return i18n.M("Đã chuyển hồ sơ %s. Đang ở: %s.", d.Code, strings.Join(at, "; "))
}
