package dynamodb

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// TestReplicasSurviveCrashes writes at random in all regions of a global table,
// while regions join and leave and an index comes and goes, with the power going
// at any time. Regions that are there have the same at once, and one that is
// being filled has it too when that was gone on with.
func TestReplicasSurviveCrashes(t *testing.T) {
	const seeds, steps = 3, 600
	losses, filling := 0, 0
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			g := &globe{power: newPower(t, seed)}
			g.pace = 10 * time.Second // in four hours there would be other shards
			g.must(t, "CreateTable", strings.TrimSuffix(modelTable, "}")+`,"StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"}}`)
			g.fill(100)
			for range steps {
				g.next()
			}
			g.calm()
			g.check()
			losses, filling = losses+g.losses, filling+g.filling
		})
	}
	if filling == 0 {
		t.Error("the power never went while a region was filled")
	}
	t.Logf("%d losses of power, %d of them while a region was filled", losses, filling)
}

// globe is a power whose table is in several regions.
type globe struct {
	*power
	outline
	filling int // losses while a region was filled
}

// outline is how a table is, as far as it changes.
type outline struct {
	joined []aws.Region // besides the first, in order
	index  bool         // the index "late" is there
}

var joining = []aws.Region{"us-east-1", "ap-south-1"}

// budget is a context that ends when it was asked so many times.
type budget struct {
	context.Context
	left int
}

func (c *budget) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

func (g *globe) next() {
	regions := g.active()
	g.in(regions[g.r.IntN(len(regions))])
	lost := false
	switch n := g.r.IntN(40); {
	case n < 26:
		lost = g.try(g.step)
	case n == 26:
		lost = g.try(g.cut)
	case n == 27:
		lost = g.alter(`"AttributeDefinitions":[{"AttributeName":"n","AttributeType":"N"}],"GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"late","KeySchema":[{"AttributeName":"n","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}}]`,
			!g.index, func() { g.index = true })
	case n == 28:
		lost = g.alter(`"GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"late"}}]`, g.index, func() { g.index = false })
	case n < 31:
		lost = g.join(joining[g.r.IntN(len(joining))])
	default:
		lost = g.build()
	}
	if lost {
		if g.alike(); g.r.IntN(4) == 0 {
			g.check()
		}
	}
}

// build goes on with what is to be filled, for some steps.
func (g *globe) build() (lost bool) {
	at, name, found, err := g.unfinished()
	if err != nil {
		g.t.Fatal(err)
	}
	if !found {
		return false
	}
	lost = g.try(func() {
		if err := g.power.build(&budget{context.Background(), 1 + g.r.IntN(4)}, at, name); err != nil {
			g.t.Error(err)
		}
	})
	if lost {
		g.filling++
	}
	return lost
}

// alter changes the table, if it is time to, and the power may go meanwhile: then it
// is changed or it is not.
func (g *globe) alter(what string, now bool, note func()) (lost bool) {
	if !now {
		return false
	}
	before := g.outline
	lost = g.try(func() {
		g.must(g.t, "UpdateTable", `{"TableName":"model",%s}`, what)
		note()
	})
	if lost && g.described() == before.String() {
		g.outline = before
	}
	return lost
}

// join has a region join, or leave if it is there.
func (g *globe) join(region aws.Region) (lost bool) {
	verb, there := "Create", slices.Contains(g.joined, region)
	if there {
		verb = "Delete"
		g.in(testScope.Region)
	}
	return g.alter(fmt.Sprintf(`"ReplicaUpdates":[{"%s":{"RegionName":"%s"}}]`, verb, region), true, func() {
		if g.joined = without(g.joined, region); !there {
			g.joined = append(g.joined, region)
			slices.Sort(g.joined)
		}
	})
}

func (s outline) String() string { return fmt.Sprint(s.joined, s.index) }

type globalDescription struct {
	Table struct {
		Replicas               []struct{ RegionName, ReplicaStatus string }
		GlobalSecondaryIndexes []struct{ IndexName string }
	}
}

func (g *globe) describe() globalDescription {
	g.t.Helper()
	return ask[globalDescription](g.t, g.in(testScope.Region), "DescribeTable", `{"TableName":"model"}`)
}

// described is the outline that the table says it has.
func (g *globe) described() string {
	d := g.describe().Table
	var s outline
	for _, r := range d.Replicas {
		s.joined = append(s.joined, aws.Region(r.RegionName))
	}
	slices.Sort(s.joined)
	s.index = len(d.GlobalSecondaryIndexes) == 2
	return s.String()
}

// active are the regions that can be used.
func (g *globe) active() (all []aws.Region) {
	all = append(all, testScope.Region)
	for _, r := range g.describe().Table.Replicas {
		if r.ReplicaStatus == "ACTIVE" {
			all = append(all, aws.Region(r.RegionName))
		}
	}
	return all
}

// alike holds that all regions that are there have what was written.
func (g *globe) alike() {
	g.t.Helper()
	if got := g.described(); got != g.outline.String() {
		g.t.Errorf("the table is %s, should be %s", got, g.outline)
	}
	for _, region := range g.active() {
		w := &world{bench: g.in(region), t: g.t, items: g.items}
		got := w.pages("Scan", `{"TableName":"model"}`)
		slices.SortFunc(got, bySort)
		w.same(string(region), got, w.want(func(modelItem) bool { return true }, bySort))
	}
	g.in(testScope.Region)
}

// check has everything filled that is not, and looks at all of it, with the
// indexes and the streams.
func (g *globe) check() {
	g.t.Helper()
	left := g.left.Swap(1 << 62)
	g.pass(g.t, 0)
	g.left.Store(left)
	if active := g.active(); len(active) != 1+len(g.joined) {
		g.t.Errorf("%v are active, %v joined", active, g.joined)
	}
	g.alike()
	for _, region := range g.active() {
		checkIndexes(g.t, g.in(region), "model")
		sameAsTable(g.t, g.in(region), "model", replay(g.t, g.history(g.t, g.streamOf(g.t, "model"))))
	}
}
