package app

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"lienthong/internal/identity"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/notice"
)

// topicFiles says what the program tells people; a province says it in its own words in its folder notices/.
//
//go:embed notices/*.yaml
var topicFiles embed.FS

// provinceTopics is the folder of a province with its own words.
const provinceTopics = "notices"

// notices builds the outbox.
func (h *House) notices() error {
	own, err := fs.Sub(topicFiles, "notices")
	if err != nil {
		return err
	}
	folders := []fs.FS{own}
	if st, err := fs.Stat(h.Files, provinceTopics); err == nil && st.IsDir() {
		theirs, err := fs.Sub(h.Files, provinceTopics)
		if err != nil {
			return err
		}
		folders = append(folders, theirs)
	}
	topics, err := notice.LoadTopics(folders...)
	if err != nil {
		return failure(ExitConfig, fmt.Errorf("mẫu thông báo: %w", err))
	}
	h.Notice = notice.New(notice.Deps{DB: h.DB, Clock: h.Clock, Accounts: contacts{h.Identity}, Topics: topics, BaseURL: h.Config.publicAddress(),
		Site: "Cổng dịch vụ công " + lowerFirst(h.Province.Name), Log: h.Log, Config: h.Config.Notice})
	return nil
}

// bell is what the head of a page shows of the reader's messages.
func (h *House) bell(ctx context.Context) any {
	b, err := h.Notice.Bell(ctx)
	if err != nil { // the page itself is more important
		h.Log.WarnContext(ctx, "count of notices", "error", err)
	}
	if b == nil {
		return nil
	}
	return b
}

// contacts answers the notice room's question how an account is reached.
type contacts struct{ accounts *identity.Service }

// Contact returns the addresses of an account that is in use.
func (c contacts) Contact(ctx context.Context, account string) (notice.Contact, bool, error) {
	acc, err := c.accounts.Account(actor.With(ctx, actor.SystemActor), identity.AccountID(account))
	var f *fault.Error
	if errors.As(err, &f) && f.Kind == fault.NotFound {
		return notice.Contact{}, false, nil
	}
	if err != nil || acc.Status != identity.Active {
		return notice.Contact{}, false, err
	}
	found := notice.Contact{Name: acc.FullName, Email: acc.Email, Phone: acc.Phone}
	return found, true, nil
}
