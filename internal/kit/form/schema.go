package form

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/danielgtaylor/huma/v2"
	"go.yaml.in/yaml/v4"
)

// Schema is a JSON Schema 2020-12 document as it stands in the file, its keys in
// their order. The words the form renderer knows beside the standard's are
// x-order (the properties in order), x-help, x-help-en, x-widget (textarea,
// radio, select), x-codelist, x-en (title in English), x-prefill (what is known
// beforehand and fills it in), x-autocomplete (HTML token), x-error, x-error-en
// (sentence when the value does not fit), x-past and x-future (a date not after,
// not before today).
type Schema struct {
	raw  json.RawMessage
	form atomic.Pointer[built] // made on first use
}

type built struct {
	form *Form
	err  error
}

// Form returns the e-form of the schema; it is made once. The error is fault.Invalid and says all that is wrong
// with the schema, by path.
func (s *Schema) Form() (*Form, error) {
	if b := s.form.Load(); b != nil {
		return b.form, b.err
	}
	f, err := build(s.raw)
	s.form.Store(&built{f, err})
	return f, err
}

// The bounds of a schema: a larger one is a mistake or an attack.
const (
	maxSchemaBytes = 256 << 10
	maxSchemaDepth = 24
)

var errSchemaTooLarge = errors.New("the schema is too large or too deep")

// NewSchema takes a JSON Schema document; errors when it is not JSON or too large.
func NewSchema(doc []byte) (*Schema, error) {
	s := new(Schema)
	return s, s.UnmarshalJSON(doc)
}

// UnmarshalYAML reads the schema from a mapping.
func (s *Schema) UnmarshalYAML(n *yaml.Node) error {
	var b bytes.Buffer
	if err := nodeToJSON(&b, n, 0); err != nil {
		return err
	}
	s.set(b.Bytes())
	return nil
}

// MarshalYAML writes the schema as a mapping.
func (s *Schema) MarshalYAML() (any, error) {
	dec := json.NewDecoder(bytes.NewReader(s.raw))
	dec.UseNumber()
	return jsonToNode(dec)
}

// MarshalJSON returns the schema document.
func (s *Schema) MarshalJSON() ([]byte, error) { return s.raw, nil }

// UnmarshalJSON takes the schema document.
func (s *Schema) UnmarshalJSON(b []byte) error {
	if len(b) > maxSchemaBytes {
		return errSchemaTooLarge
	}
	var c bytes.Buffer
	if err := json.Compact(&c, b); err != nil {
		return err
	}
	s.set(c.Bytes())
	return nil
}

// Schema tells the API description that a form is a JSON Schema document.
func (s *Schema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true, Description: "Biểu mẫu điện tử: JSON Schema 2020-12"}
}

func (s *Schema) set(raw []byte) {
	s.raw = raw
	s.form.Store(nil)
}

// nodeToJSON writes a YAML node as JSON, keeping the order of the keys. Dates stay texts.
func nodeToJSON(b *bytes.Buffer, n *yaml.Node, depth int) error {
	if depth > maxSchemaDepth || b.Len() > maxSchemaBytes {
		return errSchemaTooLarge
	}
	switch n.Kind {
	case yaml.AliasNode:
		return nodeToJSON(b, n.Alias, depth+1)
	case yaml.MappingNode:
		b.WriteByte('{')
		for i := 0; i+1 < len(n.Content); i += 2 {
			if i > 0 {
				b.WriteByte(',')
			}
			if n.Content[i].Kind != yaml.ScalarNode {
				return fmt.Errorf("line %d: a key must be a text", n.Content[i].Line)
			}
			writeString(b, n.Content[i].Value)
			b.WriteByte(':')
			if err := nodeToJSON(b, n.Content[i+1], depth+1); err != nil {
				return err
			}
		}
		b.WriteByte('}')
	case yaml.SequenceNode:
		b.WriteByte('[')
		for i, c := range n.Content {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := nodeToJSON(b, c, depth+1); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	case yaml.ScalarNode:
		return scalarToJSON(b, n)
	default:
		return fmt.Errorf("line %d: a mapping, list or value is expected", n.Line)
	}
	return nil
}

func scalarToJSON(b *bytes.Buffer, n *yaml.Node) error {
	switch n.ShortTag() {
	case "!!null":
		b.WriteString("null")
	case "!!bool", "!!int", "!!float":
		var v any
		if err := n.Decode(&v); err != nil {
			return err
		}
		raw, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("line %d: %w", n.Line, err)
		}
		b.Write(raw)
	default:
		writeString(b, n.Value)
	}
	return nil
}

func writeString(b *bytes.Buffer, s string) {
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string always encodes
	b.Truncate(b.Len() - 1)
}

// jsonToNode reads one JSON value as a YAML node, keeping the order of the keys.
func jsonToNode(dec *json.Decoder) (*yaml.Node, error) {
	tok, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch v := tok.(type) {
	case json.Delim:
		n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		if v == '[' {
			n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
		}
		for dec.More() {
			c, err := jsonToNode(dec)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, c)
		}
		_, err := dec.Token()
		return n, err
	case json.Number:
		tag := "!!int"
		if strings.ContainsAny(v.String(), ".eE") {
			tag = "!!float"
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: v.String()}, nil
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(v)}, nil
	case string:
		n := new(yaml.Node)
		n.SetString(v)
		return n, nil
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}, nil
}
