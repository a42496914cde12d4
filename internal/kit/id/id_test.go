package id_test

import (
	"slices"
	"testing"

	"lienthong/internal/kit/id"
)

func TestNewSortsByTime(t *testing.T) {
	var ids []string
	for range 1000 {
		ids = append(ids, id.New())
	}
	if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Error("identifiers are not in the order they were made in, or not different")
	}
	if !id.Valid(ids[0]) || id.Valid("") || id.Valid("urn:uuid:"+ids[0]) || id.Valid(ids[0][:35]+"g") {
		t.Error("Valid is wrong")
	}
}
