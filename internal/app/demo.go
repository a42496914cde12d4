package app

import (
	"context"
	"fmt"
	"io"
)

// demo makes what only a demonstration has, and prints how to sign in.
func (h *House) demo(_ context.Context, out io.Writer) error {
	_, err := fmt.Fprintf(out, "%s đã sẵn sàng trong %s. Chạy: lienthong serve\n", h.Province.Name, hidePassword(h.Config.DatabaseURL()))
	return err
}
