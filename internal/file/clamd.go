package file

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// clamd is a Scanner that asks the daemon of ClamAV (INSTREAM).
type clamd struct{ network, address string }

func newClamd(where string) (*clamd, error) {
	network, address, ok := strings.Cut(where, ":")
	if !ok || address == "" || network != "unix" && network != "tcp" {
		return nil, fmt.Errorf("clamd address %q: want unix:/path or tcp:host:port", where)
	}
	return &clamd{network, address}, nil
}

// clamdPatience is how long a scan may take.
const clamdPatience = 2 * time.Minute

// Scan sends the content to the daemon.
func (c *clamd) Scan(ctx context.Context, content io.Reader) (threat string, err error) {
	ctx, cancel := context.WithTimeout(ctx, clamdPatience)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, c.network, c.address)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()
	sendErr := c.send(conn, content)
	answer, err := bufio.NewReader(conn).ReadString(0) // it may answer before it has read all
	if err != nil && !errors.Is(err, io.EOF) {
		return "", errors.Join(err, sendErr)
	}
	answer = strings.TrimSpace(strings.TrimPrefix(strings.TrimSuffix(answer, "\x00"), "stream:"))
	switch {
	case strings.HasSuffix(answer, " FOUND"):
		return strings.TrimSuffix(answer, " FOUND"), nil
	case answer == "OK" && sendErr == nil:
		return "", nil
	}
	return "", errors.Join(fmt.Errorf("clamd answers %q", answer), sendErr)
}

func (c *clamd) send(conn io.Writer, content io.Reader) error {
	if _, err := conn.Write([]byte("zINSTREAM\x00")); err != nil {
		return err
	}
	buf := make([]byte, 4+64<<10)
	for {
		n, err := io.ReadFull(content, buf[4:])
		if n > 0 {
			binary.BigEndian.PutUint32(buf, uint32(n))
			if _, err := conn.Write(buf[:4+n]); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			_, err := conn.Write([]byte{0, 0, 0, 0})
			return err
		}
		if err != nil {
			return err
		}
	}
}
