package portal

import (
	"sync"
	"time"

	"lienthong/internal/dossier"
)

// shelf keeps what the front page shows for a short while, so that a thousand visitors do not count the province a thousand times.
type shelf struct {
	sync.Mutex
	figures   kept[dossier.Figures]
	lifeCount kept[map[string]int]
}

// shelfLife is how old the figures of the front page may be.
const shelfLife = time.Minute

type kept[T any] struct {
	at    time.Time
	value T
}

// get returns the value, made anew when it is too old. The caller holds the lock of the shelf.
func (k *kept[T]) get(now time.Time, make func() (T, error)) (T, error) {
	if !k.at.IsZero() && now.Sub(k.at) < shelfLife && !now.Before(k.at) {
		return k.value, nil
	}
	v, err := make()
	if err == nil {
		k.at, k.value = now, v
	}
	return v, err
}
