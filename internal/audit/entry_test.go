package audit

import (
	"testing"
	"time"
)

// TestHashIsWhatThePackageCommentSays holds the hash of a known entry: an auditor's program must get the same.
// The value was computed with sha256sum over the text below.
func TestHashIsWhatThePackageCommentSays(t *testing.T) {
	r := Row{
		Lane: 3, Seq: 7, At: time.Date(2018, 11, 23, 8, 2, 3, 4000, time.FixedZone("", 7*3600)), ActorID: "a", ActorKind: "staff", ActorName: "Hòa",
		Action: "dossier.accept", Object: "dossier.dossier", ObjectID: "d", Detail: "{}", PrevHash: genesis,
	}
	want := `17:lienthong-audit-1,1:3,1:7,27:2018-11-23T01:02:03.000004Z,1:a,5:staff,4:Hòa,0:,0:,0:,0:,` +
		`14:dossier.accept,15:dossier.dossier,1:d,0:,0:,0:,2:{},64:` + genesis + `,`
	if got := string(r.text()); got != want {
		t.Errorf("text\n%s\nwant\n%s", got, want)
	}
	if got, want := r.computeHash(), "aa135c68d8844ca08d5744e4543aacd2dfa33d8419054897dfa67c302f618a30"; got != want {
		t.Errorf("hash %s, want %s", got, want)
	}
}

// TestTextIsInjective: moving a letter from one field to the next must change what is hashed.
func TestTextIsInjective(t *testing.T) {
	base := Row{Action: "ab", Object: "c"}
	for name, other := range map[string]Row{
		"letter moved":      {Action: "a", Object: "bc"},
		"looks like a text": {Action: "ab,1:c", Object: ""},
		"in another field":  {Action: "ab", ObjectID: "c"},
	} {
		if base.computeHash() == other.computeHash() {
			t.Errorf("%s: same hash", name)
		}
	}
}

func TestDigestDoesNotDependOnTheOrderOfFields(t *testing.T) {
	type one struct {
		B int    `json:"b"`
		A string `json:"a"`
	}
	type two struct {
		A string `json:"a"`
		B int    `json:"b"`
	}
	a, err := digest(one{1, "<x>"})
	if err != nil {
		t.Fatal(err)
	}
	b, err := digest(two{"<x>", 1})
	if err != nil || a != b || a != sum([]byte(`{"a":"<x>","b":1}`)) {
		t.Errorf("%s, %s, %v", a, b, err)
	}
	big, err := canonical(map[string]any{"n": int64(9007199254740993)})
	if err != nil || string(big) != `{"n":9007199254740993}` {
		t.Errorf("%s, %v: large numbers must stay exact", big, err)
	}
	if none, err := digest(nil); none != "" || err != nil {
		t.Error(none, err)
	}
}
