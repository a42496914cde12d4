package notice

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/web"
	"lienthong/internal/kit/webtest"
	"lienthong/internal/notice/internal/deliver"
	design "lienthong/web"
)

const base = "/api/v1/notice/"

func apiSite(w *world) *webtest.Site {
	s := webtest.New(w.t, webtest.Look{Layouts: []fs.FS{design.Layout}, Texts: []fs.FS{Texts()}, Clock: w.clock})
	w.API(web.NewAPI(s.Mux, web.APIInfo{Title: "Thử", Version: "1"}))
	return s
}

// body reads the answer of a scenario and looks at it.
func body[T any](fn func(t *testing.T, v T)) func(*testing.T, *webtest.Answer) {
	return func(t *testing.T, a *webtest.Answer) {
		t.Helper()
		var v T
		if err := json.Unmarshal([]byte(a.Body), &v); err != nil {
			t.Fatalf("%v in %s", err, a.Body)
		}
		fn(t, v)
	}
}

func TestInboxAPI(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, rooms()...))
	s := apiSite(w)
	for i := range 5 {
		w.send(accepted("mai", fmt.Sprint(i)))
	}
	w.work()
	var page web.PageOf[MessageV1]
	s.Run(t, []webtest.Scenario{
		{Name: "a visitor", URL: base + "messages", WantStatus: 401, WantKind: "unauthenticated"},
		{Name: "nobody counts", URL: base + "unread", WantStatus: 401},
		{Name: "the list", As: mai, URL: base + "messages?size=3", Check: body(func(t *testing.T, v web.PageOf[MessageV1]) {
			if page = v; len(v.Items) != 3 || v.Next == "" || !strings.HasPrefix(v.Items[0].Subject, "Hồ sơ") || v.Items[0].Link == "" || v.Items[0].Times != 1 {
				t.Errorf("%+v", v)
			}
		})},
		{Name: "the count", As: mai, URL: base + "unread", WantText: []string{`"count":5`}},
	})
	s.Run(t, []webtest.Scenario{
		{Name: "the rest", As: mai, URL: base + "messages?size=3&after=" + page.Next, Check: body(func(t *testing.T, v web.PageOf[MessageV1]) {
			if len(v.Items) != 2 || v.Next != "" {
				t.Errorf("%+v", v)
			}
		})},
		{Name: "a made up cursor", As: mai, URL: base + "messages?after=x", WantStatus: 400},
		{Name: "another's", As: dung, Method: "POST", URL: base + "messages/" + page.Items[0].ID + "/read", JSON: "", WantStatus: 404},
		{Name: "one read", As: mai, Method: "POST", URL: base + "messages/" + page.Items[0].ID + "/read", JSON: "", WantText: []string{`"read_at"`}},
		{Name: "what is left", As: mai, URL: base + "messages?unread=true", Check: body(func(t *testing.T, v web.PageOf[MessageV1]) {
			if len(v.Items) != 4 {
				t.Errorf("%d", len(v.Items))
			}
		})},
		{Name: "all read", As: mai, Method: "POST", URL: base + "read", JSON: "", WantText: []string{`"count":4`}},
		{Name: "none left", As: mai, URL: base + "unread", WantText: []string{`"count":0`}},
		{Name: "choices", As: mai, URL: base + "preferences", WantText: []string{`"key":"mine"`, `"sms":true`}},
		{Name: "choose", As: mai, Method: "PUT", URL: base + "preferences", JSON: PreferencesV1{Lang: "en", Quiet: "none", Groups: []GroupChoiceV1{{Key: "mine", On: map[Channel]bool{SMS: false}}}},
			WantText: []string{`"lang":"en"`, `"quiet":"none"`, `"sms":false`, `"email":true`}},
		{Name: "choose badly", As: mai, Method: "PUT", URL: base + "preferences", JSON: PreferencesV1{Quiet: "9-5", Groups: []GroupChoiceV1{}}, WantStatus: 422, WantFields: []string{"quiet"}},
		{Name: "choose what is not there", As: mai, Method: "PUT", URL: base + "preferences", JSON: PreferencesV1{Groups: []GroupChoiceV1{{Key: "x", On: map[Channel]bool{}}}}, WantStatus: 422, WantFields: []string{"groups"}},
	})
}

func TestManageAPI(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, rooms()...))
	s := apiSite(w)
	w.sms.failing(deliver.Refused)
	for i := range 3 {
		w.send(accepted("mai", fmt.Sprint(i)))
	}
	w.work()
	list, err := w.DeadLetters(admin(), DeadQuery{Size: 9})
	must(t, err)
	s.Run(t, []webtest.Scenario{
		{Name: "not for everybody", As: dung, URL: base + "dead", WantStatus: 403, WantKind: "forbidden"},
		{Name: "nor the health", As: mai, URL: base + "health", WantStatus: 403},
		{Name: "nor the texts", As: mai, URL: base + "topics", WantStatus: 403},
		{Name: "dead letters", As: chief, URL: base + "dead?channel=sms&state=dead&q=0905&size=2", Check: body(func(t *testing.T, v web.PageOf[DeliveryV1]) {
			if len(v.Items) != 2 || v.Next == "" || v.Items[0].To != "09xxxxx456" || v.Items[0].Attempts != 1 {
				t.Errorf("%+v", v)
			}
		})},
		{Name: "of no channel", As: chief, URL: base + "dead?channel=fax", WantStatus: 422},
		{Name: "again", As: chief, Method: "POST", URL: base + "dead/" + list[0].ID + "/retry", JSON: "", WantStatus: 204},
		{Name: "away", As: chief, Method: "POST", URL: base + "dead/" + list[1].ID + "/drop", JSON: "", WantStatus: 204},
		{Name: "away again", As: chief, Method: "POST", URL: base + "dead/" + list[1].ID + "/drop", JSON: "", WantStatus: 409, WantKind: "conflict"},
		{Name: "not there", As: chief, Method: "POST", URL: base + "dead/x/retry", JSON: "", WantStatus: 409},
		{Name: "health", As: chief, URL: base + "health", Check: body(func(t *testing.T, v HealthV1) {
			if v.Dead != 1 || len(v.Channels) != 3 || v.Channels[1].Channel != SMS || v.Channels[1].Due != 1 || v.Channels[1].Oldest.IsZero() || v.Channels[0].Sent != 3 || v.Channels[2].Used {
				t.Errorf("%+v", v)
			}
		})},
	})
}

func TestTextAPI(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, rooms()...))
	s := apiSite(w)
	const at = base + "topics/dossier.accepted/sms/vi"
	s.Run(t, []webtest.Scenario{
		{Name: "topics", As: chief, URL: base + "topics", WantText: []string{`"key":"dossier.accepted"`, `"group":"mine"`}},
		{Name: "a text", As: chief, URL: at, WantText: []string{"Hồ sơ {code} được tiếp nhận", `"names"`, `"versions":[]`}},
		{Name: "no such topic", As: chief, URL: base + "topics/dossier.lost/sms/vi", WantStatus: 404},
		{Name: "no such language", As: chief, URL: base + "topics/dossier.accepted/sms/fr", WantStatus: 422},
		{Name: "preview", As: chief, Method: "POST", URL: at + "/preview", JSON: TextV1{Body: "Đã nhận {code}"}, WantText: []string{"Da nhan H21-1", `"segments_plain":1`}},
		{Name: "a bad text", As: chief, Method: "PUT", URL: at + "/draft", JSON: TextV1{Body: "{what}"}, WantStatus: 422, WantFields: []string{"body"}},
		{Name: "a draft", As: chief, Method: "PUT", URL: at + "/draft", JSON: TextV1{Body: "Đã nhận {code}"}, WantStatus: 204},
		{Name: "by others", As: dung, Method: "PUT", URL: at + "/draft", JSON: TextV1{Body: "x"}, WantStatus: 403},
		{Name: "published", As: chief, Method: "POST", URL: at + "/publish", JSON: map[string]any{}, WantStatus: 204},
		{Name: "twice", As: chief, Method: "POST", URL: at + "/publish", JSON: map[string]any{}, WantStatus: 409},
		{Name: "a draft to drop", As: chief, Method: "PUT", URL: at + "/draft", JSON: TextV1{Body: "x"}, WantStatus: 204},
		{Name: "dropped", As: chief, Method: "DELETE", URL: at + "/draft", WantStatus: 204},
	})
	e, err := w.Export(admin(), Place{"dossier.accepted", SMS, "vi"})
	must(t, err)
	s.Run(t, []webtest.Scenario{
		{Name: "it holds", As: chief, URL: at, WantText: []string{`"holds":true`, `"state":"published"`}},
		{Name: "taken back", As: chief, Method: "POST", URL: at + "/undo", JSON: map[string]any{"version": e.Versions[0].ID}, WantStatus: 204},
		{Name: "it does not hold", As: chief, URL: at, WantText: []string{`"state":"undone"`}, WantNot: []string{`"holds":true`}},
	})
}
