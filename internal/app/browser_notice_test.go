package app

import (
	"context"
	"testing"
	"time"

	"lienthong/internal/notice"
)

// TestBrowserNotices holds that the bell rings without a reload, in every tab, and that the pages about notices can be
// used on a phone and by everybody.
func TestBrowserNotices(t *testing.T) {
	s := browserSite(t)
	s.register("Nguyễn Thị Thử", citizen, "064190000001")
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.House.Notice.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	hand := s.browse(phone)
	hand.as(citizen).open("/notice").sees("Chưa có thông báo nào")
	d := s.fileBirth(0)
	s.settle()
	hand.until("document.querySelector('[data-bell-number]').textContent === '1' && !document.querySelector('[data-bell-count]').hidden")
	hand.leaves(func() { hand.click("main [data-bell-list] a", "Có thông báo mới") })
	hand.leaves(func() { hand.click("main .lt-notice a", d.Code) })
	hand.sees("nộp trực tuyến").follow("Mở trang liên quan")
	hand.sees(d.Code)
	hand.until("document.querySelector('[data-bell-count]').hidden")
	hand.open("/notice/preferences").sees("Giờ yên tĩnh")
	hand.leaves(func() { hand.click("main button", "Lưu cách nhận thông báo") })
	hand.sees("Đã lưu cách nhận thông báo")

	if _, err := s.House.Notice.Send(s.system(), notice.Message{Topic: "nobody.knows", To: notice.Recipient{Account: "x"}}); err != nil {
		t.Fatal(err)
	}
	if err := s.House.Notice.Work(s.system()); err != nil {
		t.Fatal(err)
	}
	s.clock.Advance(time.Second)
	office := s.browse(screen)
	office.as("quantri").open("/notice/templates").open("/notice/templates/dossier.accepted/sms/vi").sees("Xem trước với dữ liệu mẫu")
	office.leaves(func() { office.click("main button", "Lưu bản nháp") })
	office.leaves(func() { office.click("main button", "Ban hành") })
	office.sees("Đang dùng")
	office.open("/notice/dead").sees("nobody.knows")
	office.click("main summary", "Bỏ")
	office.leaves(func() { office.click("main button", "Bỏ tin") })
	office.sees("Đã bỏ tin này", "Không có thông báo nào bị kẹt")
	office.open("/notice").sees("Chưa có thông báo nào")
}
