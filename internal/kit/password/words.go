package password

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// phrases are what people here think of first; every form in which one types them follows from rules.
var phrases = []string{
	"mật khẩu", "mật khẩu mới", "mật khẩu của tôi", "đăng nhập", "tài khoản", "quản trị", "người dùng", "xin chào", "không biết", "không nhớ", "không có", "đổi mật khẩu",
	"anh yêu em", "em yêu anh", "yêu em nhiều", "yêu anh nhiều", "anh nhớ em", "em nhớ anh", "tình yêu", "anh yêu", "em yêu", "chồng yêu", "vợ yêu", "con yêu", "mẹ yêu", "bố yêu",
	"gia đình", "con trai", "con gái", "bố mẹ", "mẹ và bé", "con mèo", "con cún", "hạnh phúc", "may mắn", "phát tài", "phát lộc", "bình an", "một hai ba", "một hai ba bốn",
	"việt nam", "hà nội", "sài gòn", "gia lai", "pleiku", "kon tum", "đắk lắk", "quy nhơn", "bình định", "nha trang", "đà lạt", "vũng tàu", "biên hòa", "bình dương", "nghệ an", "thanh hóa", "đà nẵng", "hải phòng", "cần thơ", "huế", "tây nguyên", "việt nam vô địch", "bác hồ", "hồ chí minh", "học sinh", "sinh viên", "lớp học",
	"nguyễn", "nguyễn văn", "nguyễn thị", "trần văn", "trần thị", "lê văn", "lê thị", "phạm văn", "phạm thị", "nguyễn văn a", "tiếng việt", "công ty", "cơ sở", "kế toán", "giám đốc",
	"bí mật", "mặc định", "thử nghiệm", "bóng đá", "hoa hồng", "mùa xuân", "mặt trời", "số một", "đẹp trai", "xinh đẹp", "dễ thương", "tự do", "độc lập",
}

// foreign are words of other languages that are tried everywhere.
var foreign = []string{
	"password", "passwort", "motdepasse", "welcome", "letmein", "login", "admin", "administrator", "root", "user", "guest", "test", "demo", "default", "changeme", "secret", "master",
	"iloveyou", "love", "sunshine", "princess", "football", "baseball", "monkey", "dragon", "superman", "batman", "computer", "internet", "google", "facebook", "windows", "iphone",
	"samsung", "hello", "freedom", "whatever", "trustno", "shadow", "killer", "michael", "jennifer", "charlie", "summer", "winter", "pokemon", "starwars", "qwerty", "azerty", "abc", "abcd", "aa", "a",
}

// endings are what people put behind a word.
var endings = []string{"", "vn", "ne", "nhe", "roi", "abc", "a", "x", "aa", "xx", "moi", "oi"}

// common are the words and phrases in every form, squashed. What stands around them in digits and signs is taken away before.
var common = makeCommon()

func makeCommon() map[string]bool {
	set := map[string]bool{}
	add := func(s string) {
		for _, end := range endings {
			set[s+end] = true
		}
	}
	for _, p := range phrases {
		for _, form := range []string{squash(p), squash(telex(p)), squash(telexAtOnce(p)), squash(vni(p)), initials(p)} {
			if len(form) > 1 {
				add(form)
			}
		}
	}
	for _, w := range foreign {
		add(w)
	}
	return set
}

func initials(phrase string) string {
	var b strings.Builder
	for _, w := range strings.Fields(phrase) {
		b.WriteString(squash(w)[:1])
	}
	return b.String()
}

// The signs of the two ways to type Vietnamese, by the mark they set.
var (
	telexSigns = map[rune]string{'\u0301': "s", '\u0300': "f", '\u0309': "r", '\u0303': "x", '\u0323': "j"}
	vniSigns   = map[rune]string{'\u0301': "1", '\u0300': "2", '\u0309': "3", '\u0303': "4", '\u0323': "5"}
)

// telex returns what the keys write when a phrase is typed the Telex way and the program for it is off, the tone at the
// end of the syllable: "mật khẩu" is "maatj khaaur".
func telex(phrase string) string { return typed(phrase, telexSigns, true, telexLetter) }

// telexAtOnce is telex with the tone after its letter: "maajt khaaru".
func telexAtOnce(phrase string) string { return typed(phrase, telexSigns, false, telexLetter) }

// vni is telex the VNI way: "mật khẩu" is "ma6t5 kha6u3".
func vni(phrase string) string { return typed(phrase, vniSigns, true, vniLetter) }

func telexLetter(base, mark rune) string {
	switch mark {
	case '\u0302': // â ê ô
		return string(base)
	case '\u0306', '\u031b': // ă, ơ ư
		return "w"
	}
	return ""
}

func vniLetter(_, mark rune) string {
	return map[rune]string{'\u0302': "6", '\u031b': "7", '\u0306': "8"}[mark]
}

func typed(phrase string, tones map[rune]string, atEnd bool, letter func(base, mark rune) string) string {
	var words []string
	for _, w := range strings.Fields(phrase) {
		var b strings.Builder
		tone := ""
		var base rune
		for _, r := range norm.NFD.String(w) {
			switch {
			case tones[r] != "":
				tone = tones[r]
			case r == 'đ':
				base = r
				b.WriteString(map[bool]string{true: "dd", false: "d9"}[letter('a', '\u0302') == "a"])
			case letter(base, r) != "":
				b.WriteString(letter(base, r))
			default:
				if !atEnd { // the marks of the letter before are over
					b.WriteString(tone)
					tone = ""
				}
				b.WriteRune(r)
				base = r
			}
		}
		words = append(words, b.String()+tone)
	}
	return strings.Join(words, " ")
}
