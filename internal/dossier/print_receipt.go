package dossier

import (
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/money"
	"lienthong/internal/kit/pdf"
)

// receipt is what stands on the paper the applicant gets when the dossier was accepted.
type receipt struct {
	d        *Dossier
	agency   string
	town     string
	papers   []Paper
	fees     []Fee
	term     string
	accepter string
	track    string // address that the QR code leads to
}

// write prints Mẫu số 01, Giấy tiếp nhận hồ sơ và hẹn trả kết quả, on A5.
//
// Law: 01/2018/TT-VPCP
func (r receipt) write(w io.Writer) error {
	d := r.d
	doc := pdf.New(pdf.A5, pdf.Info{Title: "Giấy tiếp nhận hồ sơ và hẹn trả kết quả " + d.Code, Author: r.agency, Created: *d.AcceptedAt})
	small := pdf.Style{Size: 10, After: 0.8}
	at := d.AcceptedAt.In(clock.Local)
	doc.Head(
		[]pdf.Line{{Text: strings.ToUpper(r.agency), Size: 9}, {Text: "BỘ PHẬN TIẾP NHẬN VÀ TRẢ KẾT QUẢ", Size: 9, Bold: true, Rule: true}, {Text: "Số: " + serial(d.Code) + "/BPTNTKQ", Size: 9}},
		[]pdf.Line{{Text: "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", Size: 9, Bold: true}, {Text: "Độc lập - Tự do - Hạnh phúc", Size: 10, Bold: true, Rule: true},
			{Text: fmt.Sprintf("%s, ngày %02d tháng %02d năm %d", r.town, at.Day(), at.Month(), at.Year()), Size: 9, Italic: true}},
	)
	doc.Space(2)
	doc.Text("GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ", pdf.Style{Size: 12, Bold: true, Align: pdf.Center, After: 1.5})
	doc.QRHere(r.track, 24)
	doc.Field("Mã hồ sơ", d.Code, pdf.Style{Size: 11, After: 0.8})
	doc.Field("Mã tra cứu", d.Secret, small)
	r.people(doc, small)
	doc.Clear()
	doc.Field("Nội dung yêu cầu giải quyết", d.ProcedureName, small)
	r.list(doc, small)
	doc.Field("Số lượng hồ sơ", fmt.Sprintf("%d (bộ)", d.Sets), small)
	doc.Field("Thời gian giải quyết hồ sơ theo quy định", r.term, small)
	doc.Field("Thời gian nhận hồ sơ", moment(*d.AcceptedAt), small)
	if d.DueAt != nil {
		doc.Field("Thời gian trả kết quả giải quyết hồ sơ", moment(*d.DueAt), small)
	}
	r.charges(doc, small)
	doc.Field("Đăng ký nhận kết quả tại", r.returnPlace(), small)
	doc.Text("Vào Sổ theo dõi hồ sơ điện tử, số thứ tự: "+serial(d.Code)+" ngày "+clock.DateOf(d.FiledAt).Display(), small)
	doc.Space(2)
	doc.Signatures(14,
		[]pdf.Line{{Text: "NGƯỜI NỘP HỒ SƠ", Size: 10, Bold: true}, {Text: "(Ký và ghi rõ họ tên)", Size: 9, Italic: true}, {Text: d.Submitter.FullName, Size: 10}},
		[]pdf.Line{{Text: "NGƯỜI TIẾP NHẬN HỒ SƠ", Size: 10, Bold: true}, {Text: "(Ký và ghi rõ họ tên)", Size: 9, Italic: true}, {Text: r.accepter, Size: 10}},
	)
	return doc.Write(w)
}

// serial returns the number of the day from a code, without leading zeros.
func serial(code string) string {
	n, err := strconv.Atoi(code[strings.LastIndexByte(code, '-')+1:])
	if err != nil {
		return code
	}
	return strconv.Itoa(n)
}

// moment writes a time as the forms do: hour, minute, day.
func moment(t time.Time) string {
	t = t.In(clock.Local)
	return fmt.Sprintf("%02d giờ %02d phút, ngày %02d/%02d/%d", t.Hour(), t.Minute(), t.Day(), t.Month(), t.Year())
}

// people writes the owner and, with an authorisation, who handed the dossier in.
func (r receipt) people(doc *pdf.Doc, s pdf.Style) {
	person := func(label string, a Applicant) {
		doc.Field(label, a.Name(), s)
		if a.Organisation != "" {
			doc.Field("Người đại diện", a.FullName, s)
			fieldIfAny(doc, "Mã số thuế", a.TaxCode, s)
		}
		fieldIfAny(doc, "Số định danh/giấy tờ", a.PersonalID, s)
		fieldIfAny(doc, "Địa chỉ", a.Address, s)
		fieldIfAny(doc, "Số điện thoại", a.Phone, s)
		fieldIfAny(doc, "Thư điện tử", a.Email, s)
	}
	person("Tiếp nhận hồ sơ của", r.d.Owner)
	if r.d.Authorised {
		person("Người được ủy quyền nộp", r.d.Submitter)
	}
}

func fieldIfAny(doc *pdf.Doc, label, value string, s pdf.Style) {
	if value != "" {
		doc.Field(label, value, s)
	}
}

func (r receipt) list(doc *pdf.Doc, s pdf.Style) {
	doc.Text("Thành phần hồ sơ nộp gồm:", s)
	n := 0
	for _, p := range r.papers {
		if !p.Provided {
			continue
		}
		n++
		doc.Text(fmt.Sprintf("%d. %s%s", n, p.Name, counts(p)), pdf.Style{Size: s.Size, Left: 4, After: 0.3})
	}
	if n == 0 {
		doc.Text("(không có giấy tờ)", pdf.Style{Size: s.Size, Left: 4})
	}
}

// counts writes how many originals and copies of a paper were handed in.
func counts(p Paper) string {
	var parts []string
	if p.Originals > 0 {
		parts = append(parts, fmt.Sprintf("%d bản chính", p.Originals))
	}
	if p.Copies > 0 {
		parts = append(parts, fmt.Sprintf("%d bản sao", p.Copies))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

func (r receipt) charges(doc *pdf.Doc, s pdf.Style) {
	for _, f := range r.fees {
		if f.Total() == 0 {
			continue
		}
		state := "chưa nộp"
		if f.PaidAt != nil {
			state = "đã nộp"
		}
		doc.Field(f.Name, money.VND(f.Total()).String()+", "+state, s)
	}
}

func (r receipt) returnPlace() string {
	switch r.d.ReturnBy {
	case ChannelOnline:
		return "Cổng dịch vụ công trực tuyến"
	case ChannelPost:
		return "Bưu chính công ích: " + r.d.ReturnAddress
	}
	return "Bộ phận Tiếp nhận và Trả kết quả, " + r.agency
}

// trackAddress is where the QR code of a receipt leads.
func trackAddress(base string, d *Dossier) string {
	return strings.TrimSuffix(base, "/") + "/tra-cuu/" + url.PathEscape(d.Code) + "?m=" + url.QueryEscape(d.Secret)
}
