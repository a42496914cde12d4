package form

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
)

// object is a JSON object that keeps the order of its keys. Its methods work on nil, as on an empty object.
type object struct {
	keys []string
	m    map[string]any
}

// parseOrdered reads a JSON object; values are *object, []any, json.Number, string, bool or nil.
func parseOrdered(raw []byte) (*object, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	v, err := readOrdered(dec, 0)
	if err != nil {
		return nil, err
	}
	o, ok := v.(*object)
	if !ok {
		return nil, errors.New("not an object")
	}
	return o, nil
}

func readOrdered(dec *json.Decoder, depth int) (any, error) {
	if depth > maxSchemaDepth {
		return nil, errSchemaTooLarge
	}
	tok, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch tok {
	case json.Delim('{'):
		o := &object{m: map[string]any{}}
		for dec.More() {
			k, err := dec.Token()
			if err != nil {
				return nil, err
			}
			v, err := readOrdered(dec, depth+1)
			if err != nil {
				return nil, err
			}
			o.set(k.(string), v) // the decoder lets only texts through as keys
		}
		_, err := dec.Token()
		return o, err
	case json.Delim('['):
		list := []any{}
		for dec.More() {
			v, err := readOrdered(dec, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := dec.Token()
		return list, err
	}
	return tok, nil
}

func (o *object) set(key string, v any) {
	if _, ok := o.m[key]; !ok {
		o.keys = append(o.keys, key)
	}
	o.m[key] = v
}

// with returns o with the words of p put over its own, without p's $ref.
func (o *object) with(p *object) *object {
	c := &object{m: map[string]any{}}
	for _, k := range o.keys {
		c.set(k, o.m[k])
	}
	for _, k := range p.keys {
		if k != "$ref" {
			c.set(k, p.m[k])
		}
	}
	return c
}

func (o *object) value(key string) any {
	if o == nil {
		return nil
	}
	return o.m[key]
}

func (o *object) has(key string) bool { return o.value(key) != nil }

func (o *object) object(key string) *object {
	v, _ := o.value(key).(*object)
	return v
}

func (o *object) text(key string) string {
	v, _ := o.value(key).(string)
	return v
}

func (o *object) flag(key string) bool {
	v, _ := o.value(key).(bool)
	return v
}

func (o *object) list(key string) []any {
	v, _ := o.value(key).([]any)
	return v
}

func (o *object) texts(key string) []string {
	var s []string
	for _, v := range o.list(key) {
		if t, ok := v.(string); ok {
			s = append(s, t)
		}
	}
	return s
}

func (o *object) number(key string) *float64 {
	n, ok := o.value(key).(json.Number)
	if !ok {
		return nil
	}
	f, err := n.Float64()
	if err != nil {
		return nil
	}
	return &f
}

// whole returns a whole number of reasonable size, 0 when there is none.
func (o *object) whole(key string) int {
	n, ok := o.value(key).(json.Number)
	if !ok {
		return 0
	}
	i, err := strconv.Atoi(n.String())
	if err != nil || i < 0 || i > 1<<20 {
		return 0
	}
	return i
}
