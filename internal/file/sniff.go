package file

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"unicode/utf16"

	"github.com/gabriel-vasile/mimetype"
)

// headSize is how much of a content is looked at first.
const headSize = 4096

// sniff returns the media type of a content by what is in it. Anything that may
// run somewhere (documents with macros too) gets a type of its own that no call allows.
func sniff(content io.ReaderAt, size int64) (string, error) {
	head := make([]byte, min(headSize, size))
	if _, err := content.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	m := mimetype.Detect(head)
	for t := m; t != nil; t = t.Parent() {
		switch t.String() {
		case ZIP:
			return sniffZip(content, size)
		case "application/x-ole-storage":
			return sniffOLE(content)
		}
	}
	mediaType, _, _ := strings.Cut(m.String(), ";")
	if mediaType == PDF && !bytes.HasPrefix(head, []byte("%PDF-")) {
		lower := bytes.ToLower(head)
		if bytes.Contains(lower, []byte("<html")) || bytes.Contains(lower, []byte("<script")) || bytes.Contains(lower, []byte("<svg")) {
			return "text/html", nil
		}
	}
	return mediaType, nil
}

// macros is the type given to documents that hold programs.
const macros = "application/vnd.ms-office.macroenabled"

// maxZipEntries is how many entries of a package are looked at.
const maxZipEntries = 20000

// sniffZip tells the office packages by the names in the directory of the archive. It unpacks nothing.
func sniffZip(content io.ReaderAt, size int64) (string, error) {
	has := map[string]bool{}
	program := false
	whole, err := eachZipName(content, size, func(name string) {
		switch name {
		case "[Content_Types].xml", "word/document.xml", "xl/workbook.xml":
			has[name] = true
		}
		lower := strings.ToLower(name)
		if strings.HasSuffix(lower, "vbaproject.bin") || strings.HasPrefix(lower, "basic/") || strings.HasPrefix(lower, "scripts/") {
			program = true
		}
	})
	if err != nil || !whole {
		return "application/octet-stream", err
	}
	mediaType := ZIP
	switch odf, err := odfType(content); {
	case err != nil:
		return "", err
	case odf != "":
		mediaType = odf
	case has["[Content_Types].xml"] && has["word/document.xml"]:
		mediaType = DOCX
	case has["[Content_Types].xml"] && has["xl/workbook.xml"]:
		mediaType = XLSX
	}
	if program && mediaType != ZIP {
		return macros, nil
	}
	return mediaType, nil
}

// odfType reads the type that an OpenDocument package names in its first entry, which is not compressed.
func odfType(content io.ReaderAt) (string, error) {
	head := make([]byte, 128)
	n, err := content.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	for _, t := range []string{ODT, ODS} {
		entry := "mimetype" + t
		if rest, ok := bytes.CutPrefix(head[min(30, n):n], []byte(entry)); ok && (bytes.HasPrefix(rest, []byte("PK")) || len(rest) == 0) {
			return t, nil
		}
	}
	return "", nil
}

// eachZipName calls fn with the names in the central directory of an archive, one
// after the other. whole is false when there is none, or it is longer than is read.
func eachZipName(content io.ReaderAt, size int64, fn func(string)) (whole bool, err error) {
	const endSize = 22
	tail := make([]byte, min(size, endSize+1<<16))
	if _, err := content.ReadAt(tail, size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	at := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if at < 0 || len(tail)-at < endSize {
		return false, nil
	}
	end := tail[at:]
	length, offset := int64(binary.LittleEndian.Uint32(end[12:])), int64(binary.LittleEndian.Uint32(end[16:]))
	if offset+length > size {
		return false, nil
	}
	r := bufio.NewReader(io.NewSectionReader(content, offset, length))
	var h [46]byte
	for n := 0; ; n++ {
		if _, err := io.ReadFull(r, h[:]); errors.Is(err, io.EOF) {
			return n > 0, nil
		} else if err != nil {
			return false, ignoreShort(err)
		}
		if n >= maxZipEntries || !bytes.HasPrefix(h[:], []byte("PK\x01\x02")) {
			return false, nil
		}
		name := make([]byte, binary.LittleEndian.Uint16(h[28:]))
		if _, err := io.ReadFull(r, name); err != nil {
			return false, ignoreShort(err)
		}
		fn(string(name))
		rest := int(binary.LittleEndian.Uint16(h[30:])) + int(binary.LittleEndian.Uint16(h[32:]))
		if _, err := r.Discard(rest); err != nil {
			return false, ignoreShort(err)
		}
	}
}

func ignoreShort(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// sniffOLE tells the old office formats by the names of their streams: an OLE
// container may also be an installer or a mail.
func sniffOLE(content io.ReaderAt) (string, error) {
	unknown := "application/x-ole-storage"
	var head [512]byte
	if _, err := content.ReadAt(head[:], 0); err != nil {
		return unknown, ignoreShort(err)
	}
	shift := binary.LittleEndian.Uint16(head[30:])
	if shift != 9 && shift != 12 {
		return unknown, nil
	}
	sector := int64(1) << shift
	next := binary.LittleEndian.Uint32(head[48:]) // first sector of the directory
	found := unknown
	for range 64 { // sectors of the directory
		page := make([]byte, sector)
		if _, err := content.ReadAt(page, (int64(next)+1)*sector); err != nil {
			return found, ignoreShort(err)
		}
		for entry := 0; entry+128 <= len(page); entry += 128 {
			switch oleName(page[entry : entry+128]) {
			case "WordDocument":
				found = DOC
			case "Workbook", "Book":
				found = XLS
			case "_VBA_PROJECT", "_VBA_PROJECT_CUR", "Macros":
				return macros, nil
			}
		}
		var ok bool
		var err error
		if next, ok, err = oleNext(content, head[:], sector, next); err != nil || !ok {
			return found, err
		}
	}
	return found, nil
}

func oleName(entry []byte) string {
	n := int(binary.LittleEndian.Uint16(entry[64:])) / 2 // with the zero at the end
	if n < 2 || n > 32 {
		return ""
	}
	units := make([]uint16, n-1)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(entry[2*i:])
	}
	return string(utf16.Decode(units))
}

// oleNext follows the chain of a sector through the allocation table, as far as its first 109 sectors reach.
func oleNext(content io.ReaderAt, head []byte, sector int64, at uint32) (next uint32, ok bool, err error) {
	perSector := uint32(sector / 4)
	table := at / perSector
	if table >= 109 {
		return 0, false, nil
	}
	where := int64(binary.LittleEndian.Uint32(head[76+4*table:]))
	var raw [4]byte
	if _, err := content.ReadAt(raw[:], (where+1)*sector+4*int64(at%perSector)); err != nil {
		return 0, false, ignoreShort(err)
	}
	next = binary.LittleEndian.Uint32(raw[:])
	return next, next < 0xFFFFFFFA, nil
}
