package web_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lienthong/internal/kit/web"
)

type oddInput struct {
	When  time.Time `query:"when" required:"true"`
	Count int       `query:"count"`
	Share float64   `query:"share"`
	Open  bool      `query:"open"`
	Day   []int     `query:"day,explode"`
}

// TestAPISpeaksVietnamese holds that programs, and the people who write them, read no English sentence of a library.
func TestAPISpeaksVietnamese(t *testing.T) {
	s := newSite(t, nil)
	a := withAPI(s)
	web.Register(a, huma.Operation{OperationID: "thing.odd", Method: "GET", Path: "/odd", Summary: "Lạ"}, web.Public,
		func(context.Context, *oddInput) (*createOutput, error) { return &createOutput{}, nil })
	english := regexp.MustCompile(`(?i)\b(required|missing|invalid|expected|unknown|unexpected|value|input|body is|cannot|error)\b`)
	post := func(contentType, body string) func() (int, string) {
		return func() (int, string) {
			w := s.do(http.MethodPost, "/api/v1/things", strings.NewReader(body), "Content-Type", contentType, "Idempotency-Key", key, "X-As", "officer")
			return w.Code, w.Body.String()
		}
	}
	get := func(query string) func() (int, string) {
		return func() (int, string) {
			w := s.do(http.MethodGet, "/api/v1/odd?"+query, nil)
			return w.Code, w.Body.String()
		}
	}
	for _, c := range []struct {
		name   string
		ask    func() (int, string)
		status int
		want   string
	}{
		{"nothing asked", get(""), 422, "thiếu tham số bắt buộc này"},
		{"no moment", get("when=x"), 422, "phải là thời điểm dạng 2018-11-23T14:05:00+07:00"},
		{"no integer", get("when=2018-11-23T14:05:00Z&count=x"), 422, "phải là số nguyên"},
		{"no integer in a list", get("when=2018-11-23T14:05:00Z&day=1&day=x"), 422, "phải là số nguyên"},
		{"no number", get("when=2018-11-23T14:05:00Z&share=x"), 422, "phải là số"},
		{"no boolean", get("when=2018-11-23T14:05:00Z&open=x"), 422, "phải là true hoặc false"},
		{"cut off", post("application/json", `{"name":`), 400, "nội dung không đúng cú pháp JSON"},
		{"no JSON", post("application/json", `name=x`), 400, "nội dung không đúng cú pháp JSON"},
		{"nothing sent", post("application/json", ``), 400, "Không đọc được nội dung gửi lên"},
		{"another type", post("text/plain", `{}`), 415, "dạng dữ liệu phải là application/json"},
		{"a property too many", post("application/json", `{"name":"an","x":1}`), 422, "không có mục này"},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, body := c.ask()
			if status != c.status || !strings.Contains(body, c.want) {
				t.Errorf("%d, want %d with %q: %s", status, c.status, c.want, body)
			}
			for _, text := range regexp.MustCompile(`"(?:title|detail)":"([^"]*)"`).FindAllStringSubmatch(body, -1) {
				if english.MatchString(text[1]) {
					t.Errorf("English: %s", text[1])
				}
			}
			if status < 500 && strings.Contains(body, "Hệ thống gặp lỗi") {
				t.Errorf("blames the system for what was sent: %s", body)
			}
		})
	}
}
