package web

import (
	"bytes"
	"compress/gzip"
	"flag"
	"html/template"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var sampleDir = flag.String("sample", "", "write the sample pages and the bundle to this folder, to look at them")

type row struct {
	Code, Procedure, Person string
	Status                  Status
	Due                     Due
	Current                 bool
}

var (
	sampleFiles = []FileItem{
		{Name: "giay-chung-sinh.jpg", Href: "#", Size: "412 KB", Note: "tải lên 23/11/2026 14:05", Remove: "/xoa", InForm: true},
	}
	sampleRows = []row{
		{"H21.65-261119-0003", "Đăng ký khai sinh lưu động", "Rơ Châm H'Nga", Status{Tone: "info", Text: "Thẩm tra"}, Due{Level: "late", Text: "Quá hạn 2 ngày làm việc", At: "19/11/2026 17:00"}, true},
		{"H21.65-261120-0011", "Chứng thực bản sao từ bản chính", "Nguyễn Văn Dũng", Status{Tone: "info", Text: "Ký"}, Due{Level: "today", Text: "Hạn hôm nay", At: "23/11/2026 17:00"}, false},
		{"H21.65-261120-0012", "Xác nhận tình trạng hôn nhân", "Siu Blĭk", Status{Tone: "warn", Text: "Chờ bổ sung"}, Due{Level: "paused", Text: "Tạm dừng từ 21/11/2026"}, false},
		{"H21.65-261121-0002", "Đăng ký kết hôn", "Trần Thị Bích Ngọc", Status{Tone: "info", Text: "Thẩm tra"}, Due{Level: "soon", Text: "Còn 1 ngày làm việc", At: "24/11/2026 17:00"}, false},
		{"H21.65-261123-0007", "Đăng ký khai sinh", "Rơ Châm Y Mai", Status{Tone: "accent", Icon: "inbox", Text: "Mới tiếp nhận"}, Due{Level: "ok", Text: "Còn 2 ngày làm việc", At: "25/11/2026 17:00"}, false},
		{"H21.65-261123-0009", "Thành lập hộ kinh doanh", "Công ty TNHH Cà phê Đăk Đoa", Status{Tone: "accent", Icon: "inbox", Text: "Mới tiếp nhận"}, Due{Level: "ok", Text: "Còn 3 ngày làm việc", At: "26/11/2026 17:00"}, false},
		{"H21.65-261118-0001", "Trợ cấp xã hội hằng tháng", "Lê Quang Phúc", Status{Tone: "ok", Text: "Đã có kết quả"}, Due{Level: "done", At: "20/11/2026 09:12"}, false},
	}
)

// samples are the pages the portal and the desk are judged by; they live under testdata/sample.
var samples = []struct {
	name, layout, title string
	data                map[string]any
}{
	{"home", "public", "", map[string]any{"Stats": []Stat{
		{Label: "Hồ sơ nhận hôm nay", Value: "412", Note: "hôm qua cả ngày 583", Href: "#", Icon: "inbox"},
		{Label: "Đúng hạn trong tháng", Value: "94,6", Unit: "%", Note: "kém tháng trước 0,3 điểm", Href: "#", Icon: "circle-check", Tone: "ok"},
		{Label: "Đang quá hạn", Value: "37", Unit: "hồ sơ", Note: "tại 12 cơ quan", Href: "#", Icon: "alarm", Tone: "late"}}}},
	{"procedure", "public", "Đăng ký khai sinh", map[string]any{
		"Crumbs": []Crumb{{"Thủ tục", "/thu-tuc"}, {"Hộ tịch", "/thu-tuc?linh-vuc=ho-tich"}},
		"Facts":  []Fact{{Label: "Nơi làm", Value: "UBND xã, phường", Icon: "map-pin"}, {Label: "Thời gian", Value: "Trong ngày", Icon: "clock"}, {Label: "Lệ phí", Value: "Không thu", Icon: "coin"}}}},
	{"apply", "public", "Người được khai sinh", map[string]any{
		"Steps":    []Step{{"Nơi nộp", "done", "#1"}, {"Người nộp", "done", "#2"}, {"Người được khai sinh", "now", ""}, {"Giấy tờ", "next", ""}, {"Xem lại và nộp", "next", ""}},
		"Problems": []Problem{{"born", "Ngày sinh: tháng 11 chỉ có 30 ngày."}, {"phone", "Thiếu số điện thoại."}},
		"Sex":      Field{Name: "sex", Label: "Giới tính", Type: "radio", Value: "f", Options: []Option{{Value: "m", Label: "Nam"}, {Value: "f", Label: "Nữ"}}},
		"Places":   []Option{{Value: "1", Label: "Bệnh viện Nhi Gia Lai", Group: "Thành phố Pleiku"}, {Value: "2", Label: "Trung tâm Y tế Chư Păh", Group: "Huyện Chư Păh"}},
		"Files":    sampleFiles}},
	{"track", "public", "Hồ sơ H21.65-261123-0007", map[string]any{
		"Line": []Moment{
			{State: "done", Title: "Nộp trực tuyến", At: "23/11/2026 14:05"},
			{State: "done", Title: "Đã tiếp nhận", Agency: "UBND phường Diên Hồng", Person: "Lê Thị An, công chức một cửa", At: "23/11/2026 15:20"},
			{State: "wait", Title: "Yêu cầu bổ sung: ảnh giấy chứng sinh bị mờ", At: "24/11/2026 08:10", Text: "Đã bổ sung 24/11/2026 19:42."},
			{State: "now", Title: "Thẩm tra và ghi sổ", Agency: "UBND phường Diên Hồng", Person: "Rơ Châm H'Nga, công chức tư pháp - hộ tịch", Due: &Due{Level: "soon", Text: "Còn 1 ngày làm việc", At: "25/11/2026 17:00"}},
			{State: "next", Title: "Ký giấy khai sinh", Agency: "Chủ tịch UBND phường"},
			{State: "next", Title: "Trả kết quả tại quầy hoặc qua bưu chính"},
		}, "Files": []FileItem{{Name: "to-khai-khai-sinh.pdf", Href: "#", Size: "88 KB"}, {Name: "giay-chung-sinh.jpg", Href: "#", Size: "412 KB", Status: &Status{Tone: "ok", Text: "Hợp lệ"}}}}},
	{"desk", "desk", "Hồ sơ của tôi", map[string]any{
		"Chips": []Chip{{Label: "Cần tôi xử lý", Href: "#", Active: true, Count: "43"}, {Label: "Hộ tịch", Href: "#"}, {Label: "Nộp trực tuyến", Href: "#"}, {Label: "Người dân tộc thiểu số", Href: "#"}},
		"Rows":  sampleRows, "Facts": []Fact{{Label: "Người nộp", Value: "Rơ Châm H'Nga"}, {Label: "Nộp tại", Value: "UBND phường Diên Hồng"}, {Label: "Kênh", Value: "Trực tiếp"}, {Label: "Đang giữ", Value: "Lê Thị An"}},
		"Files": []FileItem{{Name: "to-khai.pdf", Href: "#", Size: "88 KB", Status: &Status{Tone: "ok", Text: "Đã xem"}}, {Name: "giay-chung-sinh.jpg", Href: "#", Size: "412 KB"}}}},
	{"counter", "desk", "Tiếp nhận tại quầy", map[string]any{
		"Scan": template.HTMLAttr(`data-scan="1" data-scanned="number"`), "ScanName": template.HTMLAttr(`data-scanned="name"`), "ScanBirth": template.HTMLAttr(`data-scanned="birth"`),
		"Facts": []Fact{{Label: "Thủ tục", Value: "Đăng ký khai sinh"}, {Label: "Hẹn trả", Value: "25/11/2026 17:00"}, {Label: "Lệ phí", Value: "Không thu"}, {Label: "Nơi xử lý", Value: "UBND phường Diên Hồng"}}}},
}

func sampleNav(layout string) any {
	if layout != "desk" {
		return []NavItem{{Label: "Thủ tục", Href: "/thu-tuc", Current: true}, {Label: "Tra cứu hồ sơ", Href: "/tra-cuu"}, {Label: "Hồ sơ của tôi", Href: "/ho-so"}}
	}
	return []NavGroup{
		{Label: "Việc cần làm", Items: []NavItem{{Label: "Quá hạn", Href: "#1", Icon: "alarm", Count: "3", Tone: "late", Key: "q"}, {Label: "Hôm nay", Href: "#2", Icon: "clock-exclamation", Count: "8", Tone: "warn", Key: "h"}, {Label: "3 ngày tới", Href: "#3", Icon: "calendar", Count: "21", Key: "b"}, {Label: "Tất cả của tôi", Href: "#6", Icon: "list-check", Count: "43", Key: "t", Current: true}, {Label: "Chờ bổ sung", Href: "#4", Icon: "player-pause", Count: "5", Key: "c"}, {Label: "Phối hợp", Href: "#5", Icon: "users", Count: "2", Key: "p"}}},
		{Label: "Quầy", Items: []NavItem{{Label: "Tiếp nhận", Href: "#7", Icon: "device-desktop", Key: "n"}, {Label: "Trả kết quả", Href: "#8", Icon: "file-check", Count: "6", Key: "r"}}},
	}
}

func renderSample(t *testing.T, i int) string {
	t.Helper()
	s := samples[i]
	tpl := layouts(t)
	raw, err := os.ReadFile(filepath.Join("testdata", "sample", s.name+".html"))
	if err != nil {
		t.Fatal(err)
	}
	template.Must(tpl.Parse(string(raw)))
	v := sampleView()
	v.Title, v.Data, v.Layout, v.Nav, v.Flash = s.title, s.data, s.layout, sampleNav(s.layout), nil
	if s.layout == "desk" {
		v.Actor = actorView{Name: "Rơ Châm H'Nga", Title: "Công chức tư pháp - hộ tịch", Office: "UBND phường Diên Hồng"}
	}
	var buf bytes.Buffer
	if err := tpl.ExecuteTemplate(&buf, s.layout, v); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

// TestSamples renders the pages people judge the program by. With -sample=DIR they are written there with the bundle:
//
//	go test ./web -run TestSamples -args -sample=/tmp/sample && python3 -m http.server -d /tmp/sample
func TestSamples(t *testing.T) {
	for i, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			page := renderSample(t, i)
			checkMarkup(t, page)
			if *sampleDir != "" {
				writeSample(t, s.name+".html", []byte(page))
			}
		})
	}
	if *sampleDir == "" {
		return
	}
	files, err := fs.ReadDir(Dist, "dist")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		raw, err := Dist.ReadFile("dist/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		writeSample(t, filepath.Join("assets", f.Name()), raw)
	}
}

func writeSample(t *testing.T, name string, data []byte) {
	t.Helper()
	path := filepath.Join(*sampleDir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// pageBudget is what a public page may cost on the wire, fonts and scripts included.
const pageBudget = 100 * 1000

func wire(t *testing.T, name string) int {
	t.Helper()
	file := "dist/" + strings.TrimPrefix(Asset(name), Prefix)
	raw, err := Dist.ReadFile(file + ".gz")
	if err != nil {
		raw, err = Dist.ReadFile(file)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return len(raw)
}

func TestPublicPageBudget(t *testing.T) {
	if !Built() {
		t.Skip("web/dist is not built")
	}
	shared := 0
	for _, name := range []string{"public.css", "public.js", "icons.svg", "mark.svg", "hills.svg", "tick.svg"} {
		shared += wire(t, name)
	}
	for _, cut := range []string{"latin", "vietnamese", "digits"} {
		for _, weight := range []string{"400", "500", "700"} {
			shared += wire(t, "be-vietnam-pro-"+cut+"-"+weight+".woff2")
		}
	}
	part := regexp.MustCompile(`part-[0-9A-Z]+\.js`)
	raw, err := Dist.ReadFile("dist/" + strings.TrimPrefix(Asset("public.js"), Prefix))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range part.FindAllString(string(raw), -1) {
		shared += wire(t, name)
	}
	for i, s := range samples {
		if s.layout != "public" {
			continue
		}
		var buf bytes.Buffer
		z, err := gzip.NewWriterLevel(&buf, gzip.BestSpeed)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := z.Write([]byte(renderSample(t, i))); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		total := shared + buf.Len()
		t.Logf("%s: %d bytes, %d of them the page", s.name, total, buf.Len())
		if total > pageBudget {
			t.Errorf("%s costs %d bytes, over the %d of a public page", s.name, total, pageBudget)
		}
	}
}
