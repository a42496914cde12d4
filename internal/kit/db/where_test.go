package db_test

import (
	"reflect"
	"testing"

	"lienthong/internal/kit/db"
)

// TestWhere holds that conditions and arguments stay in order, and that no condition lets everything through.
func TestWhere(t *testing.T) {
	var w db.Where
	if w.SQL() != "TRUE" || len(w.Args) != 0 {
		t.Errorf("nothing asked: %q %v", w.SQL(), w.Args)
	}
	w.Add("a = ?", 1)
	w.Add("b IN ("+db.Marks(2)+")", 2, 3)
	w.Add("c")
	if w.SQL() != "a = ? AND b IN (?, ?) AND c" || !reflect.DeepEqual(w.Args, []any{1, 2, 3}) {
		t.Errorf("%q %v", w.SQL(), w.Args)
	}
	if db.Marks(0) != "" || db.Marks(1) != "?" {
		t.Error(db.Marks(0), db.Marks(1))
	}
}
