package procedure

import (
	"net/url"
	"strings"
	"testing"
)

// everythingForm is a form with every kind of field.
const everythingForm = `form:
  type: object
  title: Tờ khai mẫu
  x-en: Sample declaration
  required: [owner, kind, agree]
  $defs:
    person:
      type: object
      title: Người
      required: [full_name]
      properties:
        full_name: {type: string, title: "Họ, chữ đệm, tên", x-en: Full name, minLength: 2, maxLength: 60}
        born: {type: string, format: date, title: Ngày sinh, x-en: Date of birth, x-past: true}
  x-order: [owner, kind]
  properties:
    note: {type: string, title: Ghi chú, x-widget: textarea, maxLength: 1000}
    agree: {type: boolean, const: true, title: Tôi cam đoan nội dung khai là đúng}
    kind: {type: string, title: Loại, x-en: Kind, enum: [Mới, Lại]}
    owner:
      type: object
      title: Chủ hồ sơ
      x-en: Owner
      required: [name, phone]
      x-order: [name, phone, email]
      properties:
        phone: {type: string, format: tel, title: Số điện thoại, x-en: Phone, x-prefill: phone}
        email: {type: string, format: email, title: Thư điện tử, x-en: E-mail, x-prefill: email}
        name: {type: string, title: "Họ, chữ đệm, tên", x-en: Full name, x-prefill: full_name, minLength: 2, maxLength: 120}
        number: {type: string, title: Số định danh, pattern: "^[0-9]{12}$", x-error: "Số định danh gồm 12 chữ số.", x-error-en: The number has 12 digits.}
    area: {type: number, title: Diện tích, x-en: Area, x-help: "Mét vuông, ví dụ 120,5", minimum: 1, maximum: 1000000}
    copies: {type: integer, title: Số bản, minimum: 0, maximum: 20, multipleOf: 2, default: 2}
    start: {type: string, format: date, title: Ngày bắt đầu, x-future: true}
    site: {type: string, format: uri, title: Trang web}
    ethnic: {type: string, title: Dân tộc, x-codelist: ethnic_group}
    sex: {type: string, title: Giới tính, x-codelist: sex, x-widget: radio}
    form_of:
      type: string
      title: Hình thức nhận
      oneOf:
        - {const: desk, title: Tại quầy, x-en: At the counter}
        - {const: post, title: Qua bưu chính, x-en: By post}
    uses:
      type: array
      title: Mục đích
      items: {type: string, enum: [Học tập, Việc làm, Khác], title: x}
      uniqueItems: true
      minItems: 1
    children:
      type: array
      title: Người con
      x-en: Child
      maxItems: 3
      items: {$ref: "#/$defs/person"}
    phones:
      type: array
      title: Số máy khác
      maxItems: 2
      items: {type: string, format: tel}
`

// everything returns a valid procedure with everythingForm.
func everything() string {
	return sample("online: 2", "online: 3", "process:", everythingForm+"process:")
}

func everyForm(t testing.TB) *Form {
	t.Helper()
	specs, err := Load("a.yaml", strings.NewReader(everything()))
	if err != nil {
		t.Fatal(err)
	}
	f, err := specs[0].Form.Form()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// filled returns what a page sends when everything required is filled in; the pairs are changes, an empty value leaves the field out.
func filled(pairs ...string) url.Values {
	v := url.Values{"owner.name": {"Rơ Châm H'Lan"}, "owner.phone": {"0912 345 678"}, "kind": {"Mới"}, "agree": {"1"}, "uses": {"Học tập"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			v.Del(pairs[i])
			continue
		}
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}
