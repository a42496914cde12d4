package identity

import (
	"context"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/web"
)

type (
	signInBody struct {
		ID      string    `json:"id"`
		At      time.Time `json:"at"`
		Means   Means     `json:"means" enum:"password,totp,passkey,recovery,service"`
		Outcome Outcome   `json:"outcome" enum:"entered,halfway,wrong,locked,refused"`
		Device  string    `json:"device"`
		IP      string    `json:"ip,omitempty"`
	}
	historyInput struct {
		web.PageQuery
		Outcome Outcome    `query:"outcome" enum:"entered,halfway,wrong,locked,refused"`
		From    clock.Date `query:"from" doc:"Từ ngày."`
		To      clock.Date `query:"to" doc:"Đến hết ngày."`
	}
)

func (s *Service) apiHistory(ctx context.Context, in *historyInput) (*struct{ Body web.PageOf[signInBody] }, error) {
	p, err := in.Paging(1)
	if err != nil {
		return nil, err
	}
	rows, err := s.History(ctx, HistoryQuery{Outcome: in.Outcome, From: in.From, To: in.To, After: p.After, Size: p.Size})
	if err != nil {
		return nil, err
	}
	page := web.NewPageOf(rows, p.Size, SignInRecord.Keys)
	out := web.PageOf[signInBody]{Items: make([]signInBody, len(page.Items)), Next: page.Next}
	for i, r := range page.Items {
		out.Items[i] = signInBody{r.ID, r.At, r.Means, r.Outcome, device(r.UserAgent), r.IP}
	}
	return &struct{ Body web.PageOf[signInBody] }{out}, nil
}
