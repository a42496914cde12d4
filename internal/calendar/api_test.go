package calendar

import (
	"testing"

	"lienthong/internal/kit/web"
	"lienthong/internal/kit/webtest"
)

func TestAPI(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		f.load(t)
		site := webtest.New(t, webtest.Look{})
		f.API(web.NewAPI(site.Mux, web.APIInfo{Title: "Thử", Version: "1"}))
		const at = "/api/v1/calendar/"
		site.Run(t, []webtest.Scenario{
			{Name: "a term over a holiday says why", URL: at + "due?start=2019-08-30T09:00:00%2B07:00&term=1+ng%C3%A0y+l%C3%A0m+vi%E1%BB%87c&reception=true",
				WantText: []string{`"due":"2019-09-03T09:00:00+07:00"`, `"kind":"holiday"`, "Quốc khánh", `"certain":true`}},
			{Name: "received after three in the afternoon", URL: at + "due?start=2018-11-23T15:30:00%2B07:00&term=1+ng%C3%A0y+l%C3%A0m+vi%E1%BB%87c&reception=true",
				WantText: []string{`"kind":"late_reception"`}},
			{Name: "a year without holidays is not certain", URL: at + "due?start=2060-01-04T09:00:00%2B07:00&term=5+ng%C3%A0y+l%C3%A0m+vi%E1%BB%87c", WantText: []string{`"certain":false`, "no_holiday_data"}},
			{Name: "no term", URL: at + "due?start=2018-11-23T15:30:00%2B07:00", WantStatus: 422},
			{Name: "a term nobody understands", URL: at + "due?start=2018-11-23T15:30:00%2B07:00&term=sau", WantStatus: 422},
			{Name: "a start beyond all calendars", URL: at + "due?start=9999-12-01T09:00:00%2B07:00&term=300+ng%C3%A0y", WantStatus: 422, WantFields: []string{"start"}},
			{Name: "a start before all calendars", URL: at + "due?start=0001-01-01T09:00:00%2B07:00&term=300+ng%C3%A0y", WantStatus: 422, WantFields: []string{"start"}},
			{Name: "nine hundred years", URL: at + "due?start=2018-11-23T15:30:00%2B07:00&term=10800+th%C3%A1ng", WantStatus: 422, WantFields: []string{"term"}},
			{Name: "no start", URL: at + "due?term=1+gi%E1%BB%9D", WantStatus: 422},
			{Name: "years", URL: at + "years", WantText: []string{`"year":2018`}},
			{Name: "days of a year", URL: at + "years/2018/days", WantText: []string{`"date":"2018-09-03"`, `"kind":"off"`}},
			{Name: "days of a unit of its own", URL: at + "years/2018/days?unit=ward", WantText: []string{"[]"}},
			{Name: "days of no year", URL: at + "years/1/days", WantStatus: 422},
			{Name: "a working day", URL: at + "days/2018-11-23", WantText: []string{`"working":true`, `"minutes":480`, `"from":"07:00"`, `"to":"17:00"`}},
			{Name: "a Sunday", URL: at + "days/2018-11-25", WantText: []string{`"working":false`, `"periods":[]`}},
			{Name: "a holiday", URL: at + "days/2019-09-02", WantText: []string{`"working":false`, "Quốc khánh"}},
			{Name: "no day", URL: at + "days/homnay", WantStatus: 422, WantFields: []string{"date"}},
		})
	})
}
