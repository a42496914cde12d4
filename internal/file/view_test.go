package file

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	imagepng "image/png"
	"os/exec"
	"testing"
	"time"

	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/fault"
)

func painted(w, h int) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for x := range w {
		for y := range h {
			m.Set(x, y, color.NRGBA{uint8(x), uint8(y), 200, 255})
		}
	}
	return m
}

func encoded(t testing.TB, mediaType string, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	err := imagepng.Encode(&b, m)
	if mediaType == JPEG {
		b.Reset()
		err = jpeg.Encode(&b, m, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bomb is a PNG of a few bytes that says it is huge.
func bomb(t testing.TB) []byte {
	raw := encoded(t, PNG, painted(1, 1))
	binary.BigEndian.PutUint32(raw[16:], 60000)
	binary.BigEndian.PutUint32(raw[20:], 60000)
	binary.BigEndian.PutUint32(raw[29:], crc32.ChecksumIEEE(raw[12:29]))
	return raw
}

// page is a PDF of one page with a black square.
var pagePDF = []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
	"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 400]/Contents 4 0 R>>endobj\n4 0 obj<</Length 17>>stream\n10 10 90 90 re f \nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")

func view(t testing.TB, s *Service, name string, content []byte) ([]byte, File, error) {
	t.Helper()
	f := put(t, s, Holder{"a.b", name}, name, content)
	open, _, err := s.Open(t.Context(), f.ID, f.Holder)
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	made, err := s.View(t.Context(), f, open)
	return made, f, err
}

func TestViews(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s, c := newService(t, d)
		cases := map[string]struct {
			content []byte
			w, h    int // 0: none
		}{
			"ngang.jpg":    {encoded(t, JPEG, painted(1200, 600)), viewSide, viewSide / 2},
			"dọc.png":      {encoded(t, PNG, painted(300, 900)), viewSide / 3, viewSide},
			"nhỏ.png":      {encoded(t, PNG, painted(20, 10)), 20, 10},
			"dài.png":      {encoded(t, PNG, painted(2000, 1)), viewSide, 1},
			"bom.png":      {bomb(t), 0, 0},
			"cắt.jpg":      {encoded(t, JPEG, painted(100, 100))[:300], 0, 0},
			"bảng.xlsx":    {pack(t, "[Content_Types].xml", "xl/workbook.xml"), 0, 0},
			"hỏng.pdf":     {pdf, 0, 0},
			"trang.pdf":    {pagePDF, viewSide / 2, viewSide},
			"chỉ đầu.webp": {webp, 0, 0},
		}
		if _, err := exec.LookPath(viewProgram); err != nil {
			delete(cases, "trang.pdf")
		}
		for name, x := range cases {
			made, f, err := view(t, s, name, x.content)
			if x.w == 0 {
				if fault.KindOf(err) != fault.NotFound {
					t.Errorf("%s: %d bytes, %v", name, len(made), err)
				}
				continue
			}
			size, kind, derr := image.DecodeConfig(bytes.NewReader(made))
			if err != nil || derr != nil || kind != "jpeg" || max(size.Width-x.w, x.w-size.Width) > 1 || size.Height != x.h { // poppler rounds up
				t.Errorf("%s: %s %d×%d, %v %v", name, kind, size.Width, size.Height, err, derr)
			}
			if again, err := s.View(t.Context(), f, nil); err != nil || !bytes.Equal(again, made) { // kept: the content is not read
				t.Errorf("%s: asked again: %v", name, err)
			}
		}
		// a view that was lost is made again; views go with their contents
		err := s.store.Each(t.Context(), func(e Entry) error {
			if e.Key[:5] == viewFolder+"/" {
				return s.store.Remove(t.Context(), e.Key)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := view(t, s, "ngang.jpg", cases["ngang.jpg"].content); err != nil {
			t.Error(err)
		}
		if err := d.Tx(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(t.Context(), `DELETE FROM file_file`); return err }); err != nil {
			t.Fatal(err)
		}
		for range 4 {
			if err := s.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			c.Advance(keepUnused + time.Hour)
		}
		if err := s.store.Each(t.Context(), func(e Entry) error { t.Errorf("%s stays", e.Key); return nil }); err != nil {
			t.Error(err)
		}
	})
}
