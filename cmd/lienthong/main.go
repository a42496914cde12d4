// Command lienthong is the whole platform in one program. See "lienthong --help".
package main

import (
	"os"

	"lienthong/internal/app"
)

func main() {
	os.Exit(app.Run(os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}
