package notice

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/web"
)

// API adds the room's operations, /api/v1/notice/….
func (s *Service) API(a *web.API) {
	web.Get(a, "notice.list", "messages", "Thông báo của tôi, mới nhất trước", web.SignedIn, s.apiInbox)
	web.Get(a, "notice.unread", "unread", "Số thông báo tôi chưa đọc", web.SignedIn, s.apiUnread)
	act(a, "notice.read", "/notice/messages/{id}/read", "Mở một thông báo và đánh dấu đã đọc", web.SignedIn, s.apiRead)
	act(a, "notice.read_everything", "/notice/read", "Đánh dấu mọi thông báo là đã đọc", web.SignedIn, s.apiReadAll)
	web.Get(a, "notice.choices", "preferences", "Cách tôi nhận thông báo", web.SignedIn, s.apiPreferences)
	web.Register(a, huma.Operation{OperationID: "notice.choose", Method: http.MethodPut, Path: "/notice/preferences", Summary: "Đổi cách tôi nhận thông báo"}, web.SignedIn, s.apiSetPreferences)

	web.Get(a, "notice.dead_letters", "dead", "Thông báo không gửi được", PermManage, s.apiDead)
	web.Get(a, "notice.health", "health", "Tình trạng gửi thông báo", PermManage, s.apiHealth)
	act(a, "notice.retry", "/notice/dead/{id}/retry", "Gửi lại một thông báo không gửi được", PermManage, s.apiRetry)
	act(a, "notice.drop", "/notice/dead/{id}/drop", "Bỏ một thông báo không gửi được", PermManage, s.apiDrop)

	web.Get(a, "notice.topics", "topics", "Các loại thông báo", PermManage, s.apiTopics)
	const place = "/notice/topics/{topic}/{channel}/{lang}"
	web.Get(a, "notice.export_text", "topics/{topic}/{channel}/{lang}", "Một mẫu thông báo với các phiên bản", PermManage, s.apiText)
	web.Register(a, huma.Operation{OperationID: "notice.draft_text", Method: http.MethodPut, Path: place + "/draft", Summary: "Lưu bản nháp của mẫu"}, PermManage, s.apiDraft)
	web.Register(a, huma.Operation{OperationID: "notice.drop_draft", Method: http.MethodDelete, Path: place + "/draft", Summary: "Bỏ bản nháp của mẫu"}, PermManage, s.apiDropDraft)
	act(a, "notice.preview_text", place+"/preview", "Xem trước một mẫu với dữ liệu mẫu", PermManage, s.apiPreview)
	act(a, "notice.publish_text", place+"/publish", "Ban hành bản nháp", PermManage, s.apiPublish)
	act(a, "notice.undo_text", place+"/undo", "Thôi dùng bản ban hành gần nhất", PermManage, s.apiUndo)
}

// act adds an operation that does something.
func act[I, O any](a *web.API, name, path, summary, permission string, handler func(context.Context, *I) (*O, error)) {
	web.Register(a, huma.Operation{OperationID: name, Method: http.MethodPost, Path: path, Summary: summary}, permission, handler)
}

// MessageV1 (thông báo) is a message in one's inbox as programs see it.
type MessageV1 struct {
	ID      string     `json:"id"`
	Topic   string     `json:"topic"`
	Subject string     `json:"subject"`
	Body    string     `json:"body"`
	Link    string     `json:"link,omitempty" doc:"Đường dẫn trên trang"`
	At      time.Time  `json:"at"`
	ReadAt  *time.Time `json:"read_at,omitempty"`
	Times   int        `json:"times" doc:"Số lần thay đổi gộp trong thông báo này"`
	Urgent  bool       `json:"urgent"`
}

func messageV1(i Item) MessageV1 {
	return MessageV1{i.ID, i.Topic, i.Subject, i.Body, i.Link, i.At, i.ReadAt, i.Times, i.Urgent}
}

type inboxIn struct {
	web.PageQuery
	Unread bool `query:"unread" doc:"Chỉ thông báo chưa đọc"`
}

func (s *Service) apiInbox(ctx context.Context, in *inboxIn) (*web.Paged[MessageV1], error) {
	p, err := in.Paging(2)
	if err != nil {
		return nil, err
	}
	items, err := s.Inbox(ctx, InboxQuery{Unread: in.Unread, After: p.After, Size: p.Size})
	if err != nil {
		return nil, err
	}
	page := web.NewPageOf(items, p.Size, Item.Keys)
	return &web.Paged[MessageV1]{Body: web.PageOf[MessageV1]{Items: web.Present(page.Items, messageV1), Next: page.Next}}, nil
}

type countOut struct {
	Body struct {
		Count int `json:"count"`
	}
}

func (s *Service) apiUnread(ctx context.Context, _ *web.Nothing) (*countOut, error) {
	var out countOut
	var err error
	out.Body.Count, err = s.Unread(ctx)
	return &out, err
}

func (s *Service) apiReadAll(ctx context.Context, _ *web.Nothing) (*countOut, error) {
	var out countOut
	var err error
	out.Body.Count, err = s.ReadAll(ctx)
	return &out, err
}

type idIn struct {
	ID string `path:"id" maxLength:"64"`
}

type messageOut struct{ Body MessageV1 }

func (s *Service) apiRead(ctx context.Context, in *idIn) (*messageOut, error) {
	it, err := s.Open(ctx, in.ID)
	return &messageOut{messageV1(it)}, err
}

// PreferencesV1 (cách nhận thông báo) is what somebody wants to be told as programs see it.
type PreferencesV1 struct {
	Lang   string          `json:"lang,omitempty" enum:"vi,en"`
	Quiet  string          `json:"quiet,omitempty" maxLength:"11" doc:"21:00-07:00, hoặc none; bỏ trống là như mọi người"`
	Groups []GroupChoiceV1 `json:"groups"`
}

// GroupChoiceV1 (lựa chọn cho một nhóm) is a group of topics with the channels on which it is wanted.
type GroupChoiceV1 struct {
	Key  string           `json:"key"`
	Name string           `json:"name,omitempty"`
	On   map[Channel]bool `json:"on" doc:"email, sms, chat: có nhận hay không. Hộp thông báo luôn có đủ."`
}

type preferencesBody struct{ Body PreferencesV1 }

func (s *Service) apiPreferences(ctx context.Context, _ *web.Nothing) (*preferencesBody, error) {
	p, err := s.Preferences(ctx)
	if err != nil {
		return nil, err
	}
	return &preferencesBody{PreferencesV1{p.Lang, p.Quiet, web.Present(p.Groups, func(g GroupChoice) GroupChoiceV1 { return GroupChoiceV1{g.Key, g.Name, g.On} })}}, nil
}

func (s *Service) apiSetPreferences(ctx context.Context, in *preferencesBody) (*preferencesBody, error) {
	p := Preferences{Lang: in.Body.Lang, Quiet: in.Body.Quiet}
	for _, g := range in.Body.Groups {
		p.Groups = append(p.Groups, GroupChoice{Key: g.Key, On: g.On})
	}
	if err := s.SetPreferences(ctx, p); err != nil {
		return nil, err
	}
	return s.apiPreferences(ctx, nil)
}

// DeliveryV1 (lượt gửi không tới) is a dead letter as programs see it.
type DeliveryV1 struct {
	ID        string    `json:"id"`
	Topic     string    `json:"topic"`
	Channel   Channel   `json:"channel" enum:"app,email,sms,chat"`
	To        string    `json:"to" doc:"Địa chỉ đã che bớt"`
	State     State     `json:"state" enum:"dead,failed"`
	Reason    string    `json:"reason"`
	Attempts  int       `json:"attempts"`
	ChangedAt time.Time `json:"changed_at"`
}

type deadIn struct {
	web.PageQuery
	Text    string  `query:"q" maxLength:"200" doc:"Một phần địa chỉ, loại thông báo hoặc lý do"`
	Channel Channel `query:"channel" enum:"app,email,sms,chat"`
	State   State   `query:"state" enum:"dead,failed"`
}

func (s *Service) apiDead(ctx context.Context, in *deadIn) (*web.Paged[DeliveryV1], error) {
	p, err := in.Paging(2)
	if err != nil {
		return nil, err
	}
	rows, err := s.DeadLetters(ctx, DeadQuery{Text: in.Text, Channel: in.Channel, State: in.State, After: p.After, Size: p.Size})
	if err != nil {
		return nil, err
	}
	page := web.NewPageOf(rows, p.Size, Delivery.Keys)
	return &web.Paged[DeliveryV1]{Body: web.PageOf[DeliveryV1]{Next: page.Next, Items: web.Present(page.Items, func(d Delivery) DeliveryV1 {
		return DeliveryV1{d.ID, d.Topic, d.Channel, d.Masked(), d.State, d.Error, d.Attempts, d.ChangedAt}
	})}}, nil
}

func (s *Service) apiRetry(ctx context.Context, in *idIn) (*struct{}, error) {
	return nil, s.Retry(ctx, in.ID)
}

func (s *Service) apiDrop(ctx context.Context, in *idIn) (*struct{}, error) {
	return nil, s.Drop(ctx, in.ID)
}

// HealthV1 (tình trạng gửi) is how the sending stands as programs see it.
type HealthV1 struct {
	Accepted int               `json:"accepted" doc:"Đã nhận, chưa xếp kênh"`
	Dead     int               `json:"dead"`
	Failed   int               `json:"failed"`
	Channels []ChannelHealthV1 `json:"channels"`
}

// ChannelHealthV1 (tình trạng một kênh) is how a channel stands as programs see it.
type ChannelHealthV1 struct {
	Channel Channel   `json:"channel"`
	Used    bool      `json:"used"`
	Due     int       `json:"due"`
	Later   int       `json:"later"`
	Sent    int       `json:"sent" doc:"Trong 24 giờ qua"`
	Oldest  time.Time `json:"oldest,omitzero" doc:"Tin chờ lâu nhất"`
	Down    time.Time `json:"down,omitzero" doc:"Nhà cung cấp không trả lời máy này từ lúc đó"`
	Why     string    `json:"why,omitempty"`
}

type healthOut struct{ Body HealthV1 }

func (s *Service) apiHealth(ctx context.Context, _ *web.Nothing) (*healthOut, error) {
	h, err := s.Health(ctx)
	if err != nil {
		return nil, err
	}
	return &healthOut{HealthV1{h.Accepted, h.Dead, h.Failed, web.Present(h.Channels, func(c ChannelHealth) ChannelHealthV1 {
		return ChannelHealthV1{c.Channel, c.Used, c.Due, c.Later, c.Sent, c.Oldest, c.Down, c.Why}
	})}}, nil
}

// TopicV1 (loại thông báo) is a topic as programs see it.
type TopicV1 struct {
	Key      string    `json:"key"`
	Name     string    `json:"name"`
	NameEN   string    `json:"name_en"`
	Group    string    `json:"group"`
	Channels []Channel `json:"channels"`
	Source   string    `json:"source,omitempty" doc:"Văn bản yêu cầu thông báo"`
}

func (s *Service) apiTopics(ctx context.Context, _ *web.Nothing) (*web.Listed[TopicV1], error) {
	list, err := s.Topics(ctx)
	return web.ListOf(list, err, func(t *Topic) TopicV1 { return TopicV1{t.Key, t.Name.VI, t.Name.EN, t.Group, t.Channels, t.Source} })
}

// PlaceIn (chỗ của một mẫu) is where a text belongs, in the address.
type PlaceIn struct {
	Topic   string  `path:"topic" maxLength:"100"`
	Channel Channel `path:"channel" enum:"app,email,sms,chat"`
	Lang    string  `path:"lang" enum:"vi,en"`
}

func (p PlaceIn) place() Place { return Place(p) }

// TextV1 (mẫu) is a text as programs see it.
type TextV1 struct {
	Subject string `json:"subject,omitempty" maxLength:"150"`
	Body    string `json:"body" maxLength:"4000"`
}

// TextVersionV1 (phiên bản mẫu) is a version of a text as programs see it.
type TextVersionV1 struct {
	ID        string     `json:"id"`
	State     string     `json:"state" enum:"draft,published,undone"`
	Text      TextV1     `json:"text"`
	ValidFrom clock.Date `json:"valid_from,omitzero"`
	ChangedBy string     `json:"changed_by"`
	ChangedAt time.Time  `json:"changed_at"`
	Holds     bool       `json:"holds" doc:"Đang dùng hôm nay"`
}

func versionV1(v Version) TextVersionV1 {
	return TextVersionV1{v.ID, v.State, TextV1(v.Text), v.ValidFrom, v.ChangedBy, v.ChangedAt, v.Holds}
}

type textOut struct {
	Body struct {
		Now      TextV1          `json:"now"`
		Names    []string        `json:"names" doc:"Dữ liệu dùng được trong mẫu"`
		Draft    *TextVersionV1  `json:"draft,omitempty"`
		Versions []TextVersionV1 `json:"versions"`
	}
}

func (s *Service) apiText(ctx context.Context, in *PlaceIn) (*textOut, error) {
	e, err := s.Export(ctx, in.place())
	if err != nil {
		return nil, err
	}
	var out textOut
	out.Body.Now, out.Body.Names, out.Body.Versions = TextV1(e.Now), e.Names, web.Present(e.Versions, versionV1)
	if e.Draft != nil {
		v := versionV1(*e.Draft)
		out.Body.Draft = &v
	}
	return &out, nil
}

type textIn struct {
	PlaceIn
	Body TextV1
}

func (s *Service) apiDraft(ctx context.Context, in *textIn) (*struct{}, error) {
	return nil, s.SaveDraft(ctx, in.place(), Text(in.Body))
}

func (s *Service) apiDropDraft(ctx context.Context, in *PlaceIn) (*struct{}, error) {
	return nil, s.DropDraft(ctx, in.place())
}

type previewOut struct {
	Body struct {
		Subject string `json:"subject,omitempty"`
		Text    string `json:"text"`
		HTML    string `json:"html,omitempty"`
		Plain   int    `json:"segments_plain,omitempty" doc:"Số tin SMS khi bỏ dấu"`
		Marked  int    `json:"segments_marked,omitempty" doc:"Số tin SMS khi giữ dấu"`
	}
}

func (s *Service) apiPreview(ctx context.Context, in *textIn) (*previewOut, error) {
	v, err := s.Preview(ctx, in.place(), Text(in.Body))
	if err != nil {
		return nil, err
	}
	var out previewOut
	out.Body.Subject, out.Body.Text, out.Body.HTML, out.Body.Plain, out.Body.Marked = v.Subject, v.Text, v.HTML, v.Plain.Segments, v.Marked.Segments
	return &out, nil
}

type publishIn struct {
	PlaceIn
	Body struct {
		ValidFrom clock.Date `json:"valid_from,omitzero" doc:"Bỏ trống là hôm nay"`
	}
}

func (s *Service) apiPublish(ctx context.Context, in *publishIn) (*struct{}, error) {
	return nil, s.Publish(ctx, in.place(), in.Body.ValidFrom)
}

type undoIn struct {
	PlaceIn
	Body struct {
		Version string `json:"version" maxLength:"64" doc:"Mã của bản ban hành gần nhất"`
	}
}

func (s *Service) apiUndo(ctx context.Context, in *undoIn) (*struct{}, error) {
	return nil, s.Undo(ctx, in.place(), in.Body.Version)
}
