package dynamodb

import (
	"bytes"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/shape"
	"github.com/niebla-cloud/niebla/internal/store"
)

// maxPage is how many bytes of items a Query or Scan looks at.
const maxPage = 1 << 20

// read is a Query or a Scan: a range of keys to be gone through.
type read struct {
	tableName  string
	indexName  string
	selection  string
	limit      int64 // 0 means none
	consistent bool
	backward   bool
	start      ddbexpr.Item // nil without ExclusiveStartKey
	segment    int64
	segments   int64 // 0 without

	filterTitle string // of the filter, in errors
	compiled

	t       *table
	refused *refusal // what had no capacity for the read

	x      *index // nil for the table itself
	lo, hi []byte
	single bool // the range is of one item
	spent  int  // bytes that reads before it, of one request, looked at
	whole  bool // ALL_ATTRIBUTES of a local index that does not hold them: look them up
}

// readOptions are the parameters that Query and Scan share.
type readOptions struct {
	table, index, selection string
	limit                   *int64
	consistent              bool
	start                   shape.Raw
	expressions
}

func newRead(c *aws.Call, o readOptions, takers ...string) (*read, error) {
	r := &read{indexName: o.index, selection: o.selection, consistent: o.consistent}
	var err error
	if r.tableName, err = resolveTable(c, o.table); err != nil {
		return nil, err
	}
	if o.limit != nil {
		if r.limit = *o.limit; r.limit < 1 {
			return nil, errValidation("1 validation error detected: Value at 'Limit' failed to satisfy constraint: Member must have value greater than or equal to 1")
		}
	}
	if err := o.check(takers...); err != nil {
		return nil, err
	}
	if err := o.legacy.compile(&r.compiled); err != nil {
		return nil, visible(err)
	}
	if given(o.start) {
		if r.start, err = ddbexpr.ParseItem(o.start); err != nil {
			return nil, startKeyError(err)
		}
	}
	return r, nil
}

// checkSelect checks Select against the other parameters.
func (r *read) checkSelect(projection, attributesToGet bool) error {
	param := "ProjectionExpression"
	if attributesToGet {
		param = "AttributesToGet"
	}
	projection = projection || attributesToGet
	switch {
	case r.selection == "SPECIFIC_ATTRIBUTES" && !projection:
		return errValidation("SPECIFIC_ATTRIBUTES requires ProjectionExpression or AttributesToGet")
	case r.selection != "" && r.selection != "SPECIFIC_ATTRIBUTES" && projection:
		return errValidation("Cannot specify the %s when choosing to get %s", param, r.selection)
	case r.selection == "ALL_PROJECTED_ATTRIBUTES" && r.indexName == "":
		return errValidation("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName")
	}
	return nil
}

// placeRead finds the table and the index of a read.
func (s *Service) placeRead(scope aws.Scope, r *read) error {
	t, err := s.usable(scope, r.tableName)
	if err != nil {
		return err
	}
	r.t = t
	if r.indexName != "" {
		r.x = t.index(r.indexName)
		switch {
		case r.x == nil:
			return errValidation("The table does not have the specified index: %s", r.indexName)
		case !r.x.Local && r.consistent:
			return errValidation("Consistent reads are not supported on global secondary indexes")
		case r.x.Building:
			return errValidation("Cannot read from backfilling global secondary index: %s", r.indexName)
		}
	}
	return nil
}

// checkPaths checks what is read against the keys of the table and its indexes,
// after the key condition was.
func (r *read) checkPaths() error {
	if err := r.t.checkNested(r.projection); err != nil {
		return err
	}
	if err := r.checkIndexSelect(); err != nil {
		return err
	}
	return r.t.checkNested(r.condition)
}

// checkIndexSelect settles whether an index holds what is asked for.
func (r *read) checkIndexSelect() error {
	if r.x == nil || r.x.projection == nil {
		return nil
	}
	if r.selection == "ALL_ATTRIBUTES" {
		if !r.x.Local {
			return errValidation(invalidValues+"Select type ALL_ATTRIBUTES is not supported for global secondary index %s because its projection type is not ALL", r.x.Name)
		}
		r.whole = true
	}
	if r.projection == nil {
		return nil
	}
	held := r.t.projected(r.x)
	missing := slices.DeleteFunc(r.projection.Names(), func(n string) bool { return slices.Contains(held, n) })
	if len(missing) > 0 && !r.x.Local {
		return errValidation(invalidValues+"Global secondary index %s does not project [%s]", r.x.Name, strings.Join(missing, ", "))
	}
	r.whole = r.whole || len(missing) > 0
	return nil
}

// schema is the key of what is read.
func (r *read) schema() keySchema {
	if r.x != nil {
		return r.x.Key
	}
	return r.t.Key
}

// page reads and renders a page.
func (s *Service) page(c *aws.Call, r *read, capacity string) (*PageOutput, error) {
	if err := r.admit(c.Time); err != nil {
		return nil, err
	}
	p, err := s.run(r)
	if err != nil {
		return nil, err
	}
	out := r.answer(p, capacity)
	r.t.limiter.take(&out.cost, c.Time)
	return out, nil
}

// page is what a read found.
type page struct {
	items          []byte // a JSON array, in a buffer of pages
	buffer         *[]byte
	count, scanned int64
	size           int
	fetched        float64 // units of items looked up in the table
	last           ddbexpr.Item
}

// run goes through the range until the limit, the page's size or the end.
func (s *Service) run(r *read) (p page, err error) {
	names := r.keyNames()
	wanted := r.selection != "COUNT"
	p.buffer = pages.Get().(*[]byte)
	items := append((*p.buffer)[:0], '[')
	var scratch []byte
	err = s.DB.View(func(tx *store.Tx) error {
		if bytes.Compare(r.lo, r.hi) >= 0 {
			return nil
		}
		for _, v := range r.entries(tx) {
			size, it := openStored(v)
			p.scanned++
			p.size += size
			full := it
			if r.whole {
				var n int
				n, full = openStored(r.lookUp(tx, it))
				p.fetched += readUnits(n, r.consistent)
			}
			if r.condition.Match(full) {
				p.count++
				if wanted {
					switch {
					case r.columns != nil:
						scratch = r.columns.Append(scratch[:0], full)
						full = scratch
					case r.projection != nil:
						scratch = r.projection.Append(scratch[:0], full)
						full = scratch
					}
					if p.count > 1 {
						items = append(items, ',')
					}
					items = full.AppendJSON(items)
				}
			}
			if p.scanned == r.limit || r.spent+p.size >= maxPage {
				p.last = pick(it, names)
				return nil
			}
		}
		return nil
	})
	items = append(items, ']')
	p.items, *p.buffer = items, items
	return p, err
}

// release gives the page's buffer back. Who does not do it leaves it to the collector.
func (p *page) release() {
	if p.buffer != nil && cap(*p.buffer) <= maxPooledPage {
		pages.Put(p.buffer)
	}
	p.items, p.buffer = nil, nil
}

// pages are buffers in which pages grow, since nobody knows how large one gets.
var pages = sync.Pool{New: func() any { return new([]byte) }}

const maxPooledPage = 256 << 10

func (r *read) entries(tx *store.Tx) iter.Seq2[[]byte, []byte] {
	if r.backward {
		return tx.ScanBack(r.lo, r.hi)
	}
	return tx.Scan(r.lo, r.hi)
}

// lookUp returns the stored item that an entry of a local index stands for.
func (r *read) lookUp(tx *store.Tx, entry ddbexpr.Item) []byte {
	v, _ := tx.Get(r.t.itemKey(nil, entry))
	return v
}

// pick copies some attributes of an item.
func pick(it ddbexpr.Item, names []string) ddbexpr.Item {
	var paths []ddbexpr.Path
	for _, n := range names {
		paths = append(paths, ddbexpr.Path{{Name: n, Index: -1}})
	}
	return ddbexpr.NewProjection(paths).Append(nil, it)
}

// answer renders a page.
func (r *read) answer(p page, capacity string) *PageOutput {
	out := &PageOutput{Count: p.count, ScannedCount: p.scanned, LastEvaluatedKey: rawItem(p.last), page: p}
	if r.selection != "COUNT" {
		out.Items = p.items
	}
	out.cost = cost{t: r.t, reads: true}
	r.addCost(&out.cost, p)
	out.ConsumedCapacity = out.cost.consumed(capacity)
	return out
}

// release gives the memory of an answer back, which is written.
func (out *PageOutput) release() {
	out.page.release()
	out.Items = nil
}

// addCost adds what a page cost.
func (r *read) addCost(c *cost, p page) {
	units := readUnits(p.size, r.consistent)
	if r.x != nil {
		c.addIndex(r.x, units)
		c.table += p.fetched
	} else {
		c.table += units
	}
}

// onRead is the access of a Query or Scan; leading are the partition keys that
// it reads.
func (s *Service) onRead(c *aws.Call, r *read, capacity string, leading []string) ([]service.Access, error) {
	suffix := ""
	if r.indexName != "" {
		suffix = "/index/" + r.indexName
	}
	a, err := s.access(c, r.tableName, suffix)
	if err != nil {
		return nil, err
	}
	if unconditional(c) {
		return []service.Access{a}, nil
	}
	k := keyed{}
	k.add("LeadingKeys", leading...)
	k.add("Attributes", r.condition.Names()...)
	for _, t := range r.key {
		k.add("Attributes", t.Name)
	}
	if r.projection != nil {
		k.add("Attributes", r.projection.Names()...)
	}
	k.set("Select", r.selected())
	k.set("ReturnConsumedCapacity", capacity)
	a.Keys = k
	return []service.Access{a}, nil
}

// selected is Select as policies see it.
func (r *read) selected() string {
	switch {
	case r.selection != "":
		return r.selection
	case r.projection != nil:
		return "SPECIFIC_ATTRIBUTES"
	case r.indexName != "":
		return "ALL_PROJECTED_ATTRIBUTES"
	}
	return "ALL_ATTRIBUTES"
}
