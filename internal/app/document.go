package app

import (
	"fmt"
	"slices"
	"strings"

	"lienthong/internal/identity"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
)

// ConfigDocument returns docs/config.md.
func ConfigDocument() string {
	var b strings.Builder
	b.WriteString(`# Cài đặt

Trang này được sinh từ mã nguồn (` + "`make generate`" + `); đừng sửa bằng tay.

Mỗi cài đặt có ba cách ghi, cách đứng trước thắng cách đứng sau: tham số dòng lệnh, biến môi trường, tệp
` + "`lienthong.toml`" + ` (ở thư mục hiện tại, hoặc chỉ bằng ` + "`--config`" + ` hay ` + "`LIENTHONG_CONFIG`" + `). Không ghi thì dùng giá trị mặc định.
Tên ghi sai là lỗi, chương trình nói tên gần giống nhất. Xem cài đặt đang có hiệu lực: ` + "`lienthong doctor config`" + `.

`)
	section := "-"
	for _, s := range Settings() {
		room, _, nested := strings.Cut(s.Key, ".")
		if !nested {
			room = ""
		}
		if room != section {
			section = room
			if room == "" {
				b.WriteString("## Chung\n\n")
			} else {
				fmt.Fprintf(&b, "\n## [%s]\n\n", room)
			}
			b.WriteString("| Khóa trong tệp | Tham số | Biến môi trường | Kiểu | Mặc định | Ý nghĩa |\n| --- | --- | --- | --- | --- | --- |\n")
		}
		def := "để trống"
		if s.Default != "" {
			def = "`" + s.Default + "`"
		}
		fmt.Fprintf(&b, "| `%s` | `--%s` | `%s` | %s | %s | %s |\n", strings.TrimPrefix(s.Key, room+"."), s.Flag(), s.Env(), s.Kind, def, strings.ReplaceAll(s.Help, "|", "\\|"))
	}
	return b.String()
}

// RoutesDocument returns docs/routes.md: every address of the site with its permission.
func RoutesDocument(routes []web.Route) string {
	var b strings.Builder
	b.WriteString(`# Địa chỉ

Trang này được sinh từ mã nguồn (` + "`make generate`" + `); đừng sửa bằng tay. Quyền ` + "`public`" + ` là ai cũng mở được, ` + "`signed-in`" + ` là
mọi tài khoản đã đăng nhập, còn lại là quyền của phòng cùng tên trong ` + "`internal/`" + `.

| Địa chỉ | Kiểu | Quyền | Tên |
| --- | --- | --- | --- |
`)
	for _, r := range routes {
		fmt.Fprintf(&b, "| `%s` | %s | `%s` | %s |\n", r.Pattern, r.Method, r.Permission, r.Name)
	}
	return b.String()
}

// PermissionsDocument returns docs/permissions.md: every permission in both languages, and the roles of the province that hold it.
func PermissionsDocument(catalog *i18n.Catalog, roles []identity.Role) string {
	var b strings.Builder
	b.WriteString(`# Quyền

Trang này được sinh từ mã nguồn (` + "`make generate`" + `); đừng sửa bằng tay. Vai trò là của tỉnh đi kèm chương trình.

| Quyền | Nghĩa là được | Meaning | Vai trò |
| --- | --- | --- | --- |
`)
	for _, p := range PermissionWords() {
		var held []string
		for _, r := range roles {
			if slices.Contains(r.Permissions, p.Key) {
				held = append(held, r.Name)
			}
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", p.Key, p.Name, catalog.Msg("en", p.Name), strings.Join(held, ", "))
	}
	return b.String()
}

// RoutesList returns one line for every address, for the golden file.
func RoutesList(routes []web.Route) string {
	var b strings.Builder
	for _, r := range routes {
		fmt.Fprintf(&b, "%-6s %-40s %-28s %s\n", r.Method, r.Pattern, r.Permission, r.Name)
	}
	return b.String()
}
