package procedure

import (
	"encoding/json"

	"go.yaml.in/yaml/v4"
)

// Schema is a JSON Schema 2020-12 document as it stands in the file. The words
// the form renderer knows beside the standard's are x-order (the properties in
// order), x-help, x-widget, x-codelist, x-en (title in English) and x-prefill
// (applicant field that fills it in).
type Schema struct {
	raw json.RawMessage
}

// UnmarshalYAML reads the schema from a mapping.
func (s *Schema) UnmarshalYAML(n *yaml.Node) error {
	var v any
	if err := n.Decode(&v); err != nil {
		return err
	}
	raw, err := json.Marshal(v)
	s.raw = raw
	return err
}

// MarshalYAML writes the schema as a mapping.
func (s *Schema) MarshalYAML() (any, error) {
	var v any
	err := json.Unmarshal(s.raw, &v)
	return v, err
}

// MarshalJSON returns the schema document.
func (s *Schema) MarshalJSON() ([]byte, error) { return s.raw, nil }

// UnmarshalJSON takes the schema document.
func (s *Schema) UnmarshalJSON(b []byte) error {
	s.raw = append(s.raw[:0], b...)
	return nil
}
