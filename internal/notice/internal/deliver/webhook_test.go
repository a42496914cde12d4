package deliver

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

var key = []byte("a secret of the provider")

func TestWebhook(t *testing.T) {
	status, answer := 200, `{"reference":"A1"}`
	var body posted
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if !Verify(key, r.Header.Get(HeaderTime), r.Header.Get(HeaderSignature), raw, time.Now()) || r.Header.Get(HeaderKey) != "0192" {
			t.Errorf("%v", r.Header)
		}
		if err := json.Unmarshal(raw, &body); err != nil {
			t.Error(err)
		}
		w.Header().Set("Location", "http://127.0.0.1:1/")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	defer server.Close()
	w := NewWebhook(server.URL, key, 5*time.Second)
	o := Outgoing{ID: "0192", Channel: "sms", To: "0905123456", Text: "Hồ sơ \"H1\"\n", Lang: "vi", Topic: "dossier.accepted"}
	ref, err := w.Send(context.Background(), o)
	if err != nil || ref != "A1" || body != (posted{"0192", "sms", "0905123456", "", o.Text, "vi", "dossier.accepted"}) {
		t.Fatalf("%q %v %+v", ref, err, body)
	}
	for _, c := range []struct {
		status int
		answer string
		want   Kind
	}{
		{202, "", ""}, {204, "", ""}, {200, "not JSON", ""},
		{301, "", Down}, {400, "", Refused}, {401, "", Down}, {403, "", Down}, {404, "", Address}, {408, "", Later}, {409, "", Later}, {410, "", Address},
		{413, "", Refused}, {422, `{"error":"no such number"}`, Address}, {429, "", Down}, {500, "", Later}, {502, "", Down}, {503, strings.Repeat("x", 100_000), Down}, {504, "", Down},
	} {
		status, answer = c.status, c.answer
		_, err := w.Send(context.Background(), o)
		if c.want == "" && err != nil || c.want != "" && (err == nil || KindOf(err) != c.want) {
			t.Errorf("%d: %v", c.status, err)
		}
		if err != nil && len(err.Error()) > 1000 {
			t.Errorf("%d: an endless error", c.status)
		}
	}
	server.Close()
	if _, err := w.Send(context.Background(), o); KindOf(err) != Down {
		t.Errorf("not there: %v", err)
	}
}

func TestVerify(t *testing.T) {
	now := time.Date(2018, 11, 23, 5, 0, 0, 0, time.UTC)
	at := strconv.FormatInt(now.Unix(), 10)
	body := []byte(`{"id":"0192"}`)
	good := Sign(key, at, body)
	for name, c := range map[string]struct {
		key      []byte
		at, sign string
		body     string
		now      time.Time
		want     bool
	}{
		"good":           {key, at, good, string(body), now, true},
		"a little later": {key, at, good, string(body), now.Add(4 * time.Minute), true},
		"old":            {key, at, good, string(body), now.Add(6 * time.Minute), false},
		"from ahead":     {key, at, good, string(body), now.Add(-6 * time.Minute), false},
		"another time":   {key, at + "0", good, string(body), now, false},
		"no time":        {key, "", good, string(body), now, false},
		"another body":   {key, at, good, `{"id":"0193"}`, now, false},
		"another key":    {[]byte("x"), at, good, string(body), now, false},
		"no key":         {nil, at, Sign(nil, at, body), string(body), now, false},
		"no signature":   {key, at, "", string(body), now, false},
	} {
		if got := Verify(c.key, c.at, c.sign, []byte(c.body), c.now); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestLog(t *testing.T) {
	var out bytes.Buffer
	l := Log{slog.New(slog.NewTextHandler(&out, nil))}
	if _, err := l.Send(context.Background(), Outgoing{To: "0905123456", Text: "Hồ sơ H1"}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "0905123456") || !strings.Contains(out.String(), "H1") {
		t.Error(out.String())
	}
}
