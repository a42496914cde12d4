package app

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"

	"lienthong/internal/file"
)

// tus sends one request of the protocol for uploads that are continued.
func (v *visitor) tus(method, address string, body io.Reader, headers ...string) *http.Response {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), method, v.s.srv.URL+address, body)
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Tus-Resumable", "1.0.0")
	r.Header.Set("Content-Type", "application/offset+octet-stream")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := v.client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		v.t.Fatal(err)
	}
	return res
}

func metadata(pairs ...string) string {
	var said []string
	for i := 0; i < len(pairs); i += 2 {
		said = append(said, pairs[i]+" "+base64.StdEncoding.EncodeToString([]byte(pairs[i+1])))
	}
	return strings.Join(said, ",")
}

// TestPaperInPieces sends a paper of a draft in two pieces, as the script of the page does, and finds it beside its paper.
func TestPaperInPieces(t *testing.T) {
	eachProvince(t, func(t *testing.T, s *site) {
		s = s.in(t)
		p := s.birth()
		v := s.visitor()
		v.apply(p)
		base := path.Dir(v.at.Path)
		draft := path.Base(base)
		paper := s.uploads(p)[0]
		content := append([]byte(paperPDF), bytes.Repeat([]byte("%đo đạc\n"), 4000)...)
		size := fmt.Sprint(len(content))

		if res := s.visitor().tus("POST", file.TransferPath, nil, "Upload-Length", size, "Upload-Metadata", metadata("filename", "a.pdf")); res.StatusCode != 401 {
			t.Errorf("begun by nobody for nothing: %s", res.Status)
		}
		if res := v.tus("POST", file.TransferPath, nil, "Upload-Length", size, "Upload-Metadata", metadata("filename", "a.pdf", "draft", "AAAAAAAAAA")); res.StatusCode != 404 {
			t.Errorf("begun for a draft that is none: %s", res.Status)
		}
		res := v.tus("POST", file.TransferPath, nil, "Upload-Length", size, "Upload-Metadata", metadata("filename", "Bản đo.pdf", "draft", draft))
		to := res.Header.Get("Location")
		if res.StatusCode != 201 || !strings.HasPrefix(to, file.TransferPath+"/") {
			t.Fatalf("%s %s", res.Status, to)
		}
		send := func(id string) string {
			v.t.Helper()
			r, err := http.NewRequestWithContext(t.Context(), "POST", s.srv.URL+base+"/giay-to/"+paper.Key, strings.NewReader(url.Values{"transfer": {id}}.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("X-Upload", "1")
			v.do(r)
			return v.body
		}
		v.tus("PATCH", to, bytes.NewReader(content[:10000]), "Upload-Offset", "0")
		if body := send(path.Base(to)); v.status != 422 || !strings.Contains(body, "chưa tải lên xong") {
			t.Errorf("given to the paper too early: %d %s", v.status, body)
		}
		if res := v.tus("HEAD", to, nil); res.Header.Get("Upload-Offset") != "10000" {
			t.Errorf("%s %v", res.Status, res.Header)
		}
		if res := v.tus("PATCH", to, bytes.NewReader(content[10000:]), "Upload-Offset", "10000"); res.StatusCode != 204 || res.Header.Get("Upload-File") == "" {
			t.Fatalf("%s %v", res.Status, res.Header)
		}
		if body := send(path.Base(to)); v.status != 200 || !strings.Contains(body, "Bản đo.pdf") {
			t.Errorf("%d %s", v.status, body)
		}
		if send(path.Base(to)); v.status != 404 {
			t.Errorf("given twice: %d", v.status)
		}
		v.open(base + "/giay-to").sees("Bản đo.pdf").follow("Bản đo.pdf")
		if v.body != string(content) {
			t.Errorf("the file opens with %d of %d bytes", len(v.body), len(content))
		}
		s.whole()
	})
}
