package dossier

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"lienthong/internal/kit/web"
)

// actIn is the input of an act on one dossier.
type actIn[B any] struct {
	ID   string `path:"id" doc:"Id of the dossier"`
	Body B
}

// act registers POST /dossier/dossiers/{id}/<path>.
func act[B any](s *Service, a *web.API, path, operation, summary, permission string, do func(ctx context.Context, d ID, b B) (*Dossier, error)) {
	web.Register(a, huma.Operation{OperationID: "dossier." + operation, Method: http.MethodPost, Path: "/dossier/dossiers/{id}/" + path, Summary: summary},
		permission, func(ctx context.Context, in *actIn[B]) (*DossierOut, error) {
			d, err := do(ctx, ID(in.ID), in.Body)
			if err != nil {
				return nil, err
			}
			return &DossierOut{s.body(d, false)}, nil
		})
}

// The inputs of the acts.
type (
	stepBody struct {
		Step string `json:"step" doc:"Id of the step"`
		Note string `json:"note,omitempty" maxLength:"4000"`
	}
	reasonBody struct {
		Step   string `json:"step" doc:"Id of the step"`
		Reason string `json:"reason" maxLength:"4000"`
	}
	moreBody struct {
		Step   string   `json:"step"`
		Items  []string `json:"items" doc:"What is to be supplied, one line each"`
		Reason string   `json:"reason" maxLength:"4000"`
		Days   int      `json:"days,omitempty" doc:"Working days to answer"`
	}
	forwardBody struct {
		Step        string   `json:"step"`
		Choice      string   `json:"choice,omitempty" doc:"Key of the next step where there is a choice"`
		Note        string   `json:"note,omitempty" maxLength:"4000"`
		Results     []string `json:"results,omitempty" doc:"Ids of uploaded files"`
		UploadToken string   `json:"upload_token,omitempty"`
	}
	extendBody struct {
		Step   string `json:"step"`
		Term   string `json:"term" doc:"3 ngày làm việc"`
		Reason string `json:"reason" maxLength:"4000"`
	}
	returnBody struct {
		Step string  `json:"step"`
		To   string  `json:"to,omitempty" doc:"Who takes the result; the owner when empty"`
		By   Channel `json:"by,omitempty"`
		Note string  `json:"note,omitempty" maxLength:"4000"`
	}
	supplementBody struct {
		Secret      string        `json:"secret,omitempty"`
		Note        string        `json:"note,omitempty" maxLength:"4000"`
		Papers      []FilingPaper `json:"papers,omitempty"`
		UploadToken string        `json:"upload_token,omitempty"`
	}
	withdrawBody struct {
		Secret string `json:"secret,omitempty"`
		Reason string `json:"reason" maxLength:"4000"`
	}
	findingsBody struct {
		Step     string `json:"step"`
		Findings []struct {
			Paper     string     `json:"paper"`
			Check     PaperCheck `json:"check"`
			Note      string     `json:"note,omitempty"`
			Provided  bool       `json:"provided"`
			Originals int        `json:"originals"`
			Copies    int        `json:"copies"`
		} `json:"findings"`
	}
	feesBody struct {
		Step string      `json:"step"`
		Fees []FilingFee `json:"fees"`
	}
	assignBody struct {
		Step string `json:"step"`
		To   string `json:"to" doc:"Account id of the colleague"`
		Note string `json:"note,omitempty" maxLength:"4000"`
	}
	filesBody struct {
		Step        string         `json:"step"`
		Kind        AttachmentKind `json:"kind"`
		Files       []string       `json:"files"`
		UploadToken string         `json:"upload_token"`
	}
)

func (s *Service) apiActs(a *web.API) {
	act(s, a, "accept", "accept", "Tiếp nhận hồ sơ", PermAccept, func(ctx context.Context, d ID, b stepBody) (*Dossier, error) {
		return s.Accept(ctx, d, b.Step, b.Note)
	})
	act(s, a, "refuse", "refuse", "Từ chối tiếp nhận", PermAccept, func(ctx context.Context, d ID, b reasonBody) (*Dossier, error) {
		return s.Refuse(ctx, d, b.Step, b.Reason)
	})
	act(s, a, "request-more", "request_more", "Yêu cầu bổ sung", PermRead, func(ctx context.Context, d ID, b moreBody) (*Dossier, error) {
		return s.RequestMore(ctx, d, MoreRequest{StepID: b.Step, Items: b.Items, Reason: b.Reason, Days: b.Days})
	})
	act(s, a, "claim", "claim", "Nhận xử lý một bước", PermRead, func(ctx context.Context, d ID, b stepBody) (*Dossier, error) {
		return s.Claim(ctx, d, b.Step)
	})
	act(s, a, "release", "release", "Thôi nhận một bước", PermRead, func(ctx context.Context, d ID, b stepBody) (*Dossier, error) {
		return s.Release(ctx, d, b.Step)
	})
	act(s, a, "assign", "assign", "Giao bước cho đồng nghiệp", PermAssign, func(ctx context.Context, d ID, b assignBody) (*Dossier, error) {
		return s.Assign(ctx, d, b.Step, b.To, b.Note)
	})
	act(s, a, "forward", "forward", "Hoàn thành bước và chuyển tiếp", PermRead, func(ctx context.Context, d ID, b forwardBody) (*Dossier, error) {
		return s.Forward(ctx, d, Onward{StepID: b.Step, Choice: b.Choice, Note: b.Note, Results: b.Results, UploadToken: b.UploadToken})
	})
	act(s, a, "back", "back", "Trả lại bước trước", PermRead, func(ctx context.Context, d ID, b reasonBody) (*Dossier, error) {
		return s.Back(ctx, d, b.Step, b.Reason)
	})
	act(s, a, "extend", "extend", "Hẹn lại ngày trả kết quả", PermRead, func(ctx context.Context, d ID, b extendBody) (*Dossier, error) {
		return s.Extend(ctx, d, b.Step, b.Term, b.Reason)
	})
	act(s, a, "stop", "stop", "Dừng xử lý", PermRead, func(ctx context.Context, d ID, b reasonBody) (*Dossier, error) {
		return s.Stop(ctx, d, b.Step, b.Reason)
	})
	act(s, a, "return", "return", "Trả kết quả", PermReturn, func(ctx context.Context, d ID, b returnBody) (*Dossier, error) {
		return s.Return(ctx, d, HandOver{StepID: b.Step, To: b.To, By: b.By, Note: b.Note})
	})
	s.apiOtherActs(a)
}

func (s *Service) apiOtherActs(a *web.API) {
	act(s, a, "obligation", "obligation", "Yêu cầu thực hiện nghĩa vụ tài chính", PermRead, func(ctx context.Context, d ID, b stepBody) (*Dossier, error) {
		return s.Oblige(ctx, d, b.Step, b.Note)
	})
	act(s, a, "obligation-met", "obligation_met", "Xác nhận đã thực hiện nghĩa vụ tài chính", PermRead, func(ctx context.Context, d ID, b stepBody) (*Dossier, error) {
		return s.ObligationMet(ctx, d, b.Step, b.Note)
	})
	act(s, a, "supplement", "supplement", "Bổ sung giấy tờ", web.Public, func(ctx context.Context, d ID, b supplementBody) (*Dossier, error) {
		return s.Supplement(ctx, d, MoreAnswer(b))
	})
	act(s, a, "withdraw", "withdraw", "Rút hồ sơ", web.Public, func(ctx context.Context, d ID, b withdrawBody) (*Dossier, error) {
		return s.Withdraw(ctx, d, b.Secret, b.Reason)
	})
	act(s, a, "papers", "check_papers", "Ghi kết quả kiểm tra giấy tờ", PermRead, func(ctx context.Context, d ID, b findingsBody) (*Dossier, error) {
		findings := make([]Finding, len(b.Findings))
		for i, f := range b.Findings {
			findings[i] = Finding{PaperID: f.Paper, Check: f.Check, Note: f.Note, Provided: f.Provided, Originals: f.Originals, Copies: f.Copies}
		}
		return s.CheckPapers(ctx, d, b.Step, findings)
	})
	act(s, a, "fees", "collect_fee", "Thu phí, lệ phí", PermRead, func(ctx context.Context, d ID, b feesBody) (*Dossier, error) {
		return s.CollectFees(ctx, d, b.Step, b.Fees)
	})
	act(s, a, "files", "attach", "Thêm tệp kết quả hoặc tài liệu", PermRead, func(ctx context.Context, d ID, b filesBody) (*Dossier, error) {
		return s.AddFiles(ctx, d, b.Step, b.Kind, b.Files, b.UploadToken)
	})
}
