package file

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"
)

var (
	pdf  = []byte("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
	png  = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89")
	jpg  = []byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9")
	webp = []byte("RIFF\x24\x00\x00\x00WEBPVP8 \x18\x00\x00\x00")
	heic = []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")
)

// pack makes an archive; an entry "mimetype=…" is stored uncompressed, as OpenDocument wants.
func pack(t testing.TB, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range names {
		h := &zip.FileHeader{Name: n, Method: zip.Deflate}
		content := strings.Repeat("content of "+n, 50)
		if name, value, ok := strings.Cut(n, "="); ok {
			h.Name, h.Method, content = name, zip.Store, value
			h.CRC32, h.CompressedSize64, h.UncompressedSize64 = 0, uint64(len(value)), uint64(len(value))
			w, err := z.CreateRaw(h)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write([]byte(content)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// ole makes an OLE container with the given stream names; its directory lies in sectors 1, 5, 9… so that the chain matters.
func ole(names ...string) []byte {
	const sector = 512
	names = append([]string{"Root Entry"}, names...)
	pages := (len(names) + 3) / 4
	out := make([]byte, sector*(2+4*pages+4))
	copy(out, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	binary.LittleEndian.PutUint16(out[30:], 9)
	binary.LittleEndian.PutUint32(out[48:], 1) // directory begins in sector 1
	binary.LittleEndian.PutUint32(out[76:], 0) // the allocation table is sector 0
	table := out[sector : 2*sector]
	for p := range pages {
		at := 1 + 4*p
		next := uint32(at + 4)
		if p == pages-1 {
			next = 0xFFFFFFFE
		}
		binary.LittleEndian.PutUint32(table[4*at:], next)
		for i := range 4 {
			if n := 4*p + i; n < len(names) {
				entry := out[(at+1)*sector+128*i:]
				units := utf16.Encode([]rune(names[n]))
				for j, u := range units {
					binary.LittleEndian.PutUint16(entry[2*j:], u)
				}
				binary.LittleEndian.PutUint16(entry[64:], uint16(2*len(units)+2))
			}
		}
	}
	return out
}

func TestSniffGoesByContent(t *testing.T) {
	manyEntries := make([]string, 40)
	for i := range manyEntries {
		manyEntries[i] = "word/media/" + strings.Repeat("x", 100+i) + ".bin"
	}
	late := append(append([]string{"[Content_Types].xml"}, manyEntries...), "word/document.xml")
	truncated := pack(t, "[Content_Types].xml", "word/document.xml")
	liar := pack(t, "[Content_Types].xml", "word/document.xml")
	binary.LittleEndian.PutUint32(liar[len(liar)-6:], 0x7FFFFFFF) // the directory is said to lie far outside
	loop := ole("WordDocument")
	binary.LittleEndian.PutUint32(loop[512+4:], 1) // the chain of the directory bites its tail
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"pdf":                    {pdf, PDF},
		"png":                    {png, PNG},
		"jpg":                    {jpg, JPEG},
		"webp":                   {webp, WebP},
		"heic":                   {heic, HEIC},
		"docx":                   {pack(t, "[Content_Types].xml", "_rels/.rels", "word/document.xml"), DOCX},
		"docx, parts far behind": {pack(t, late...), DOCX},
		"xlsx":                   {pack(t, "[Content_Types].xml", "xl/workbook.xml"), XLSX},
		"odt":                    {pack(t, "mimetype="+ODT, "content.xml"), ODT},
		"ods":                    {pack(t, "mimetype="+ODS, "content.xml"), ODS},
		"zip":                    {pack(t, "a.txt"), ZIP},
		"docx with macros":       {pack(t, "[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), macros},
		"odt with macros":        {pack(t, "mimetype="+ODT, "Basic/Standard/x.xml"), macros},
		"zip cut off":            {truncated[:len(truncated)-30], "application/octet-stream"},
		"zip that lies":          {liar, "application/octet-stream"},
		"zip without anything":   {[]byte("PK\x03\x04"), "application/octet-stream"},
		"doc":                    {ole("1Table", "WordDocument"), DOC},
		"doc, name far behind":   {ole("a", "b", "c", "d", "e", "f", "g", "h", "WordDocument"), DOC},
		"doc in a loop":          {loop, DOC},
		"doc with macros":        {ole("WordDocument", "Macros"), macros},
		"xls":                    {ole("Workbook"), XLS},
		"xls 95":                 {ole("Book"), XLS},
		"installer":              {ole("!Property"), "application/x-ole-storage"},
		"encrypted docx":         {ole("EncryptedPackage"), "application/x-ole-storage"},
		"ole cut off":            {ole("WordDocument")[:600], "application/x-ole-storage"},
		"html":                   {[]byte("<!DOCTYPE html><html><script>alert(1)</script>"), "text/html"},
		"html that says pdf":     {[]byte("<html><script>alert(1)</script>\n%PDF-1.4\n"), "text/html"},
		"svg":                    {[]byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), "image/svg+xml"},
		"exe":                    {append([]byte("MZ\x90\x00"), make([]byte, 200)...), "application/vnd.microsoft.portable-executable"},
		"text":                   {[]byte("xin chào"), "text/plain"},
		"one byte":               {[]byte{0}, "application/octet-stream"},
	} {
		got, err := sniff(bytes.NewReader(c.content), int64(len(c.content)))
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, c.want)
		}
	}
}

// FuzzSniff holds that no content makes the look into it fail or run on.
func FuzzSniff(f *testing.F) {
	for _, c := range [][]byte{pdf, png, pack(f, "[Content_Types].xml", "word/document.xml"), pack(f, "mimetype="+ODT), ole("WordDocument"), ole("a", "b", "c", "d", "Workbook")} {
		f.Add(c)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		if got, err := sniff(bytes.NewReader(content), int64(len(content))); err != nil || got == "" {
			t.Errorf("%q, %v", got, err)
		}
	})
}
