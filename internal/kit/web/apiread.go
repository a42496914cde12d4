package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Get adds an operation that only reads. name is that of the route, "room.verb"; path stands below /api/v1/room/.
// Errors of the handler are mapped by their fault kind.
func Get[I, O any](a *API, name, path, summary, permission string, handler func(context.Context, *I) (*O, error)) {
	room, _, _ := strings.Cut(name, ".")
	Register(a, huma.Operation{OperationID: name, Method: http.MethodGet, Path: "/" + room + "/" + path, Summary: summary}, permission, handler)
}

// Present brings rows into the form programs see; the list is never null.
func Present[T, V any](rows []T, present func(T) V) []V {
	seen := make([]V, len(rows))
	for i, row := range rows {
		seen[i] = present(row)
	}
	return seen
}

// Nothing is the input of an operation that takes none.
type Nothing struct{}

// Listed is the answer of an operation that gives a whole list.
type Listed[V any] struct{ Body []V }

// ListOf answers with the whole of a list that was read.
func ListOf[T, V any](rows []T, err error, present func(T) V) (*Listed[V], error) {
	if err != nil {
		return nil, err
	}
	return &Listed[V]{Present(rows, present)}, nil
}

// Paged is the answer of an operation that gives a list page by page.
type Paged[V any] struct{ Body PageOf[V] }

// PagedOf answers with a page of a list that was read as a whole; key is as in PageFrom.
func PagedOf[T, V any](rows []T, err error, q PageQuery, key func(T) string, present func(T) V) (*Paged[V], error) {
	if err != nil {
		return nil, err
	}
	page, err := PageFrom(rows, q, key)
	if err != nil {
		return nil, err
	}
	return &Paged[V]{PageOf[V]{Items: Present(page.Items, present), Next: page.Next}}, nil
}
