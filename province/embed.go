// Package province holds the data of provinces: units, agencies, procedures,
// holidays, code lists. A province is a folder; those compiled into the program
// are opened by name, any other by its path.
package province

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

//go:embed all:gialai
var embedded embed.FS

// Names returns the provinces that are compiled in.
func Names() []string {
	entries, err := embedded.ReadDir(".")
	if err != nil {
		panic(err) // the root of an embedded file system can be read
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// ErrUnknown is returned by Open when there is no such province.
var ErrUnknown = errors.New("no such province")

// Open returns the files of a province: one that is compiled in by its name, or a
// folder by its path (anything with a slash, or a folder that exists). A folder must hold province.yaml.
func Open(name string) (fs.FS, error) {
	if !strings.ContainsRune(filepath.ToSlash(name), '/') && fs.ValidPath(name) && name != "." {
		if info, err := fs.Stat(embedded, name); err == nil && info.IsDir() {
			return fs.Sub(embedded, name)
		}
	}
	fsys := os.DirFS(name)
	if _, err := fs.Stat(fsys, File); err != nil {
		return nil, fmt.Errorf("%w: %q is neither one of %s nor a folder with %s", ErrUnknown, name, strings.Join(Names(), ", "), File)
	}
	return fsys, nil
}
