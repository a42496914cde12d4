package form

import (
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"lienthong/internal/kit/i18n"
)

// pleaseEnter is the sentence for a field that was left empty.
func pleaseEnter(f *Field, lang string) i18n.Msg {
	label := lowerFirst(f.Text(lang))
	switch f.Kind {
	case Select, Radio, Choices:
		return i18n.M("Hãy chọn %s.", label)
	case Tick:
		return i18n.M("Hãy đánh dấu vào ô “%s”.", f.Text(lang))
	case List:
		return i18n.M("Hãy thêm ít nhất một dòng vào phần “%s”.", f.Text(lang))
	}
	return i18n.M("Hãy nhập %s.", label)
}

func badDate(f *Field, lang string) i18n.Msg {
	return i18n.M("%s chưa đúng. Hãy nhập ngày/tháng/năm, ví dụ 23/11/2018.", f.Text(lang))
}

func notANumber(f *Field, lang string) i18n.Msg {
	if f.Integer {
		return i18n.M("%s phải là số nguyên, ví dụ 12.", f.Text(lang))
	}
	return i18n.M("%s phải là số, ví dụ 12 hoặc 12,5.", f.Text(lang))
}

// sentence returns what to say about a keyword of the schema that a value does not keep.
func sentence(f *Field, k jsonschema.ErrorKind, lang string) i18n.Msg {
	label := f.Text(lang)
	switch k := k.(type) {
	case *kind.MinLength:
		if k.Got == 0 {
			return pleaseEnter(f, lang)
		}
		return i18n.M("%s phải có ít nhất %d ký tự.", label, k.Want)
	case *kind.MaxLength:
		return i18n.M("%s dài quá %d ký tự.", label, k.Want)
	case *kind.Minimum:
		want, _ := k.Want.Float64()
		return i18n.M("%s phải từ %s trở lên.", label, number(want))
	case *kind.ExclusiveMinimum:
		want, _ := k.Want.Float64()
		return i18n.M("%s phải lớn hơn %s.", label, number(want))
	case *kind.Maximum:
		want, _ := k.Want.Float64()
		return i18n.M("%s không được lớn hơn %s.", label, number(want))
	case *kind.ExclusiveMaximum:
		want, _ := k.Want.Float64()
		return i18n.M("%s phải nhỏ hơn %s.", label, number(want))
	case *kind.MultipleOf:
		want, _ := k.Want.Float64()
		return i18n.M("%s phải chia hết cho %s.", label, number(want))
	case *kind.MinItems:
		return i18n.M("Phần “%s” cần ít nhất %d dòng.", label, k.Want)
	case *kind.MaxItems:
		return i18n.M("%s có nhiều nhất %d dòng.", label, k.Want)
	case *kind.UniqueItems:
		return i18n.M("Phần “%s” có hai dòng giống nhau (dòng %d và %d).", label, k.Duplicates[0]+1, k.Duplicates[1]+1)
	case *kind.Enum, *kind.OneOf:
		return i18n.M("Hãy chọn %s trong danh sách.", lowerFirst(label))
	case *kind.Const:
		return pleaseEnter(f, lang)
	case *kind.Format:
		return badFormat(f, lang)
	case *kind.Type:
		switch f.Kind {
		case Number:
			return notANumber(f, lang)
		case Date:
			return badDate(f, lang)
		}
	}
	return i18n.M("%s chưa đúng. Hãy kiểm tra lại.", label)
}

func badFormat(f *Field, lang string) i18n.Msg {
	label := f.Text(lang)
	switch f.Kind {
	case Date:
		return badDate(f, lang)
	case Email:
		return i18n.M("%s chưa đúng, ví dụ đúng: ten@example.vn.", label)
	case Tel:
		return i18n.M("%s gồm 10 chữ số, bắt đầu bằng số 0.", label)
	}
	return i18n.M("%s phải là một địa chỉ trang web, ví dụ https://example.vn.", label)
}
