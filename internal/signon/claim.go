package signon

import (
	"slices"

	"github.com/zitadel/oidc/v3/pkg/oidc"

	"lienthong/internal/identity"
)

// postClaim is a post of an official as clients see it.
type postClaim struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	UnitID   string `json:"unit_id"`
	Unit     string `json:"unit"`
	AgencyID string `json:"agency_id"`
	Agency   string `json:"agency"`
	Main     bool   `json:"main"`
}

// unitClaim is the unit of an official's main post.
type unitClaim struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// roleClaim is a role at a unit.
type roleClaim struct {
	Role   string `json:"role"`
	UnitID string `json:"unit_id"`
	Below  bool   `json:"below"`
}

// tell writes into info what a client may be told of somebody within scopes. Whether an address or number is
// verified follows the account: what citizens write down themselves is not.
func tell(info *oidc.UserInfo, h identity.Holder, scopes []string) {
	acc, has := h.Account, func(scope string) bool { return slices.Contains(scopes, scope) }
	official := acc.Kind == identity.Official
	info.Subject = string(acc.ID)
	if has(ScopeProfile) {
		info.Name = acc.FullName
		if len(acc.Names) > 0 {
			info.PreferredUsername = acc.Names[0].Text
		}
		info.AppendClaims("kind", string(acc.Kind))
		info.AppendClaims("verified", acc.Verified)
	}
	if has(ScopeEmail) && acc.Email != "" {
		info.Email, info.EmailVerified = acc.Email, oidc.Bool(official)
	}
	if has(ScopePhone) && acc.Phone != "" {
		info.PhoneNumber, info.PhoneNumberVerified = "+84"+acc.Phone[1:], oidc.Bool(official)
	}
	if has(ScopePersonalID) && acc.Verified && acc.PersonalID != "" {
		info.AppendClaims("personal_id", acc.PersonalID)
		if !acc.BirthDate.IsZero() {
			info.Birthdate = acc.BirthDate.String()
		}
	}
	if !official {
		return
	}
	if has(ScopePosts) {
		posts := []postClaim{}
		for _, p := range h.Posts {
			posts = append(posts, postClaim{string(p.ID), p.Title, string(p.UnitID), p.Unit, string(p.AgencyID), p.Agency, p.Main})
		}
		if len(posts) > 0 {
			info.AppendClaims("unit", unitClaim{posts[0].UnitID, posts[0].Unit})
		}
		info.AppendClaims("posts", posts)
	}
	if has(ScopeRoles) {
		names, at := []string{}, []roleClaim{}
		for _, r := range h.Roles {
			if !slices.Contains(names, r.Role) {
				names = append(names, r.Role)
			}
			at = append(at, roleClaim{r.Role, r.UnitID, r.Below})
		}
		slices.Sort(names)
		info.AppendClaims("roles", names)
		info.AppendClaims("role_units", at)
	}
}
