package web

import "regexp"

// foreign are the sentences of the library that reads requests, where it has no variables for them.
var foreign = []struct {
	pattern *regexp.Regexp
	text    string
}{
	{regexp.MustCompile(`^required (query|path|header|cookie|form) parameter is missing$`), "thiếu tham số bắt buộc này"},
	{regexp.MustCompile(`^unknown query parameter$`), "không có tham số này trong mô tả API"},
	{regexp.MustCompile(`^expected at most one value`), "chỉ gửi một giá trị"},
	{regexp.MustCompile(`^invalid integer$`), "phải là số nguyên"},
	{regexp.MustCompile(`^invalid float`), "phải là số"},
	{regexp.MustCompile(`^invalid boolean$`), "phải là true hoặc false"},
	{regexp.MustCompile(`^invalid date/time for format `), "phải là thời điểm dạng 2018-11-23T14:05:00+07:00"},
	{regexp.MustCompile(`^invalid url\.URL value$`), "phải là địa chỉ URI"},
	{regexp.MustCompile(`^invalid value: `), "giá trị chưa đúng: "},
	{regexp.MustCompile(`^unknown content type`), "dạng dữ liệu phải là application/json"},
	{regexp.MustCompile(`^cannot read multipart form: .*`), "không đọc được biểu mẫu nhiều phần"},
	{regexp.MustCompile(`^(unexpected end of JSON input|invalid character .*|json: .*)$`), "nội dung không đúng cú pháp JSON"},
}

// vietnamese says a sentence of that library in Vietnamese; others are ours already.
func vietnamese(s string) string {
	for _, f := range foreign {
		if f.pattern.MatchString(s) {
			return f.pattern.ReplaceAllLiteralString(s, f.text)
		}
	}
	return s
}
