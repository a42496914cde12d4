package web

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

func withInfo(ctx context.Context, in *info) context.Context {
	return context.WithValue(ctx, infoKey{}, in)
}

// ClientIP returns the address of whoever made the request; what proxies say counts only when they are trusted.
func ClientIP(r *http.Request) string {
	if ip := infoOf(r.Context()).ip; ip.IsValid() {
		return ip.String()
	}
	return ""
}

// origin finds the client behind trusted proxies and whether its connection is encrypted.
func (m *Mux) origin(r *http.Request) (netip.Addr, bool) {
	https := r.TLS != nil || strings.HasPrefix(m.o.BaseURL, "https://")
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}, https
	}
	ip = ip.Unmap().WithZone("")
	if !m.trusted(ip) {
		return ip, https
	}
	if proto := r.Header.Get("X-Forwarded-Proto"); proto != "" {
		https = proto == "https"
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- { // from the nearest: the first that is not ours is the client
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		if ip = hop.Unmap().WithZone(""); !m.trusted(ip) {
			break
		}
	}
	return ip, https
}

func (m *Mux) trusted(ip netip.Addr) bool {
	for _, p := range m.o.TrustedProxies {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}
