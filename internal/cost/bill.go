package cost

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/meter"
)

// Line is one item of a bill.
type Line struct {
	Service  string  `json:"service"`
	Product  string  `json:"product"`
	Usage    string  `json:"usage"`
	Title    string  `json:"title"`
	Region   string  `json:"region"`
	Quantity float64 `json:"quantity"` // in units
	Free     float64 `json:"free"`     // of them
	Unit     string  `json:"unit"`
	Price    float64 `json:"price"` // of the first unit that is paid
	Mark     string  `json:"mark"`  // of the price's source
	USD      float64 `json:"usd"`
}

// Title is how a bill names a product.
func Title(product string) string {
	for _, s := range services {
		if s.product == product {
			return s.title
		}
	}
	return product
}

func rank(product string) int {
	i := slices.IndexFunc(services, func(s struct{ product, title string }) bool { return s.product == product })
	if i < 0 {
		return len(services)
	}
	return i
}

// Usage is how much was used of an item in a region.
type Usage struct {
	Region   aws.Region
	Item     meter.Item
	Quantity float64
}

// rateIn is what an item costs in a region.
func (p *price) rateIn(r aws.Region) rate {
	if r == "eu-west-3" {
		return p.Paris
	}
	return p.Base
}

// Price is what a quantity of an item costs by itself, without what is free.
func Price(u Usage) Line {
	p, ok := prices[u.Item]
	l := Line{Service: Title(u.Item.Product), Product: u.Item.Product, Usage: u.Item.Unit, Title: p.Title, Region: string(u.Region), Unit: p.Unit}
	if !ok {
		l.Title, l.Unit, l.Mark, l.Quantity = u.Item.Unit, "unit", "no price", u.Quantity
		return l
	}
	r := p.rateIn(u.Region)
	l.Quantity, l.Price, l.Mark = u.Quantity/p.Per, r.USD, r.Mark
	l.USD = p.charge(l.Quantity, r)
	return l
}

// charge is what a quantity costs, through the tiers.
func (p *price) charge(quantity float64, r rate) (usd float64) {
	from, at := 0.0, r.USD
	for _, t := range p.Tiers {
		usd += max(min(quantity, t.From)-from, 0) * at
		from, at = t.From, t.USD
	}
	return usd + max(quantity-from, 0)*at
}

// Bill prices what a month used. With free, what AWS gives everybody for ever
// is taken off, once for all regions.
func Bill(usage []Usage, free bool) []Line {
	left := map[meter.Item]float64{}
	lines := make([]Line, 0, len(usage))
	usage = slices.Clone(usage)
	slices.SortStableFunc(usage, func(a, b Usage) int {
		return cmp.Or(cmp.Compare(rank(a.Item.Product), rank(b.Item.Product)), cmp.Compare(a.Item.Product, b.Item.Product),
			cmp.Compare(a.Item.Unit, b.Item.Unit), cmp.Compare(a.Region, b.Region))
	})
	for _, u := range usage {
		l := Price(u)
		if p, ok := prices[u.Item]; ok && free {
			if _, seen := left[u.Item]; !seen {
				left[u.Item] = p.Free
			}
			l.Free = min(left[u.Item], l.Quantity)
			left[u.Item] -= l.Free
			l.USD = p.charge(l.Quantity-l.Free, p.rateIn(u.Region))
		}
		lines = append(lines, l)
	}
	return lines
}

// Total is the sum of a bill.
func Total(lines []Line) (usd float64) {
	for _, l := range lines {
		usd += l.USD
	}
	return usd
}

// Amount writes a quantity in few digits.
func Amount(v float64) string {
	switch {
	case v == math.Trunc(v) && math.Abs(v) < 1e12:
		return group(fmt.Sprintf("%.0f", v))
	case math.Abs(v) >= 1000:
		return group(fmt.Sprintf("%.0f", v))
	case math.Abs(v) >= 1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.4g", v)
}

// group puts commas between thousands.
func group(digits string) string {
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// Dollars writes an amount of money.
func Dollars(v float64) string {
	if v > 0 && v < 0.005 {
		return "< 0.01"
	}
	return fmt.Sprintf("%.2f", v)
}
