package web

import (
	"net/http"
	"sort"

	"github.com/danielgtaylor/huma/v2"
)

// operation is one row of the reference page.
type operation struct {
	ID, Method, Path, Summary, Description, Permission string
	Params                                             []parameter
	Body                                               []parameter
}

type parameter struct {
	Name, In, Type, Doc string
	Required            bool
}

type operationGroup struct {
	Room       string
	Operations []operation
}

// reference shows the operations to people, from the same description programs get.
func (a *API) reference(w http.ResponseWriter, r *http.Request) error {
	groups := map[string]*operationGroup{}
	for path, item := range a.OpenAPI().Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil {
				continue
			}
			room := op.Tags[0]
			if groups[room] == nil {
				groups[room] = &operationGroup{Room: room}
			}
			groups[room].Operations = append(groups[room].Operations, a.describe(path, op))
		}
	}
	list := make([]operationGroup, 0, len(groups))
	for _, room := range sortedKeys(groups) {
		g := groups[room]
		sort.Slice(g.Operations, func(i, j int) bool {
			x, y := g.Operations[i], g.Operations[j]
			return x.Path < y.Path || x.Path == y.Path && x.Method < y.Method
		})
		list = append(list, *g)
	}
	return a.mux.o.Renderer.own.Render(w, r, http.StatusOK, "api.html", "public", View{Title: "Giao diện lập trình (API)", Data: list})
}

func (a *API) describe(path string, op *huma.Operation) operation {
	o := operation{ID: op.OperationID, Method: op.Method, Path: path, Summary: op.Summary, Description: op.Description}
	o.Permission, _ = op.Extensions["x-permission"].(string)
	for _, p := range op.Parameters {
		o.Params = append(o.Params, parameter{Name: p.Name, In: p.In, Type: a.typeName(p.Schema), Doc: p.Description, Required: p.Required})
	}
	if op.RequestBody == nil {
		return o
	}
	for _, media := range sortedKeys(op.RequestBody.Content) {
		s := a.resolve(op.RequestBody.Content[media].Schema)
		if s == nil {
			continue
		}
		required := map[string]bool{}
		for _, name := range s.Required {
			required[name] = true
		}
		for _, name := range sortedKeys(s.Properties) {
			p := s.Properties[name]
			o.Body = append(o.Body, parameter{Name: name, In: media, Type: a.typeName(p), Doc: p.Description, Required: required[name]})
		}
	}
	return o
}

func (a *API) resolve(s *huma.Schema) *huma.Schema {
	if s != nil && s.Ref != "" {
		return a.OpenAPI().Components.Schemas.SchemaFromRef(s.Ref)
	}
	return s
}

func (a *API) typeName(s *huma.Schema) string {
	switch r := a.resolve(s); {
	case r == nil:
		return ""
	case r.Type == "array":
		return "[" + a.typeName(r.Items) + "]"
	case r.Format != "":
		return r.Type + " (" + r.Format + ")"
	default:
		return r.Type
	}
}
