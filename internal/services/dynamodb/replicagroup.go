package dynamodb

import (
	"context"
	"net/http"
	"regexp"
	"slices"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

const globalVersion = "2019.11.21"

var regionPattern = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]+$`)

// check checks ReplicaUpdates.
func (in *UpdateTableInput) checkReplicas() error {
	if in.MultiRegionConsistency == "STRONG" {
		return aws.Errorf(http.StatusNotImplemented, "NotImplemented", "Niebla does not implement multi-Region strong consistency")
	}
	for _, u := range in.ReplicaUpdates {
		n := 0
		for _, some := range []bool{u.Create != nil, u.Update != nil, u.Delete != nil} {
			if some {
				n++
			}
		}
		if n != 1 {
			return errValidation(invalidValues + "Each ReplicaUpdate must have exactly one of Create, Update and Delete")
		}
	}
	if len(in.ReplicaUpdates) > 1 {
		return errValidation(invalidValues + "Only one replica may be created, updated or deleted at a time")
	}
	return nil
}

// onUpdateTable authorises what is done to replicas too.
func (s *Service) onUpdateTable(ctx context.Context, c *aws.Call, in *UpdateTableInput) ([]service.Access, error) {
	all, err := onTable(s, func(in *UpdateTableInput) string { return in.TableName })(ctx, c, in)
	if err != nil {
		return nil, err
	}
	name, err := resolveTable(c, in.TableName)
	if err != nil {
		return nil, err
	}
	for _, u := range in.ReplicaUpdates {
		if region, action := u.means(); action != "" {
			all = append(all, service.Access{Action: "dynamodb:" + action, Resource: tableARN(aws.Scope{Account: c.Account, Region: region}, name)})
		}
	}
	return all, nil
}

// means is the region of an update, and the action that it takes there.
func (u *ReplicationGroupUpdate) means() (aws.Region, string) {
	switch {
	case u.Create != nil:
		return aws.Region(u.Create.RegionName), "CreateTableReplica"
	case u.Delete != nil:
		return aws.Region(u.Delete.RegionName), "DeleteTableReplica"
	case u.Update != nil:
		return aws.Region(u.Update.RegionName), "UpdateTable"
	}
	return "", ""
}

// applyReplicas changes the regions of a table as the request says.
func (s *Service) applyReplicas(tx *store.Tx, c *aws.Call, t *table, in *UpdateTableInput) error {
	for _, u := range in.ReplicaUpdates {
		region, _ := u.means()
		if !regionPattern.MatchString(string(region)) {
			return errValidation(invalidValues+"Unsupported Region: %s", region)
		}
		there := slices.Contains(t.Replicas, region)
		var err error
		switch {
		case u.Create != nil && (there || region == c.Region):
			return errValidation("Replica specified in the Replica Create action of the request exists already: %s", region)
		case u.Create == nil && !there:
			return errValidation("Replica specified in the Replica Update or Replica Delete action of the request was not found: %s", region)
		case u.Create != nil:
			err = s.addReplica(tx, c, t, region, u.Create)
		case u.Delete != nil:
			err = s.removeReplica(tx, c, t, region)
		default:
			err = s.updateReplica(tx, t, region, u.Update, c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// addReplica makes the table in another region. The items that are there already
// are put in by the worker that builds indexes.
func (s *Service) addReplica(tx *store.Tx, c *aws.Call, t *table, region aws.Region, o *CreateReplicationGroupMemberAction) error {
	scope := t.there(region)
	switch {
	case t.Stream == nil || t.Stream.View != bothImage:
		return errValidation(invalidValues + "Table must have DynamoDB Streams enabled with StreamViewType NEW_AND_OLD_IMAGES to have replicas")
	case !t.OnDemand:
		return errValidation("Table write capacity should either be Pay-Per-Request or AutoScaled.")
	case s.tableIn(tx, scope, t.Name) != nil:
		return errValidation("Failed to create a new replica of table with name: '%s' because one or more replicas already existed as tables.", t.Name)
	}
	r := t.clone()
	r.ID, r.Number, r.Created = s.IDs.UUID(), tx.Sequence(), c.Time
	if r.Replicas = nil; t.readTally(tx)[0].Count > 0 {
		r.Source, r.Filling = c.Region, true
	}
	r.Tags, r.Policy, r.Protected, r.Past, r.Origin = map[string]string{}, nil, false, nil, nil
	r.KMSKey, r.Insights = "", nil
	if o.TableClassOverride != "" {
		r.Class, r.ClassAt = o.TableClassOverride, c.Time
	}
	s.prepare(r, scope)
	s.enableStream(tx, scope, r, bothImage, c.Time)
	s.putTable(tx, r)
	t.Replicas = append(slices.Clone(t.Replicas), region)
	tx.OnCommit(s.backfill.wake)
	return nil
}

// putTable stores a table of any region.
func (s *Service) putTable(tx *store.Tx, t *table) {
	scope := t.scope
	s.tables.Put(tx, scope, t, t.Name)
	s.catalogue.set(scope, t.Name, s.prepare(t, scope))
}

func (s *Service) removeReplica(tx *store.Tx, c *aws.Call, t *table, region aws.Region) error {
	r := s.tableIn(tx, t.there(region), t.Name)
	if r == nil {
		return nil
	}
	if r.Protected {
		return errProtected()
	}
	if r.Stream != nil {
		s.disableStream(tx, r.scope, r.clone(), c.Time)
	}
	s.discard(tx, r.scope, r, c.Time)
	s.tables.Delete(tx, r.scope, r.Name)
	s.catalogue.set(r.scope, r.Name, nil)
	s.limiter.forget(r)
	t.Replicas = without(t.Replicas, region)
	return nil
}

func without(regions []aws.Region, gone aws.Region) []aws.Region {
	return slices.DeleteFunc(slices.Clone(regions), func(r aws.Region) bool { return r == gone })
}

func (s *Service) updateReplica(tx *store.Tx, t *table, region aws.Region, u *UpdateReplicationGroupMemberAction, c *aws.Call) error {
	r := s.tableIn(tx, t.there(region), t.Name)
	if r == nil || u.TableClassOverride == "" {
		return nil
	}
	r = r.clone()
	r.Class, r.ClassAt = u.TableClassOverride, c.Time
	s.putTable(tx, r)
	return nil
}

// share brings to the replicas of a table what all of them have in common; t is
// nil once it is deleted. Whoever changes a table's description calls it.
func (s *Service) share(tx *store.Tx, old, t *table) {
	if old == nil || t == nil && len(old.Replicas) == 0 {
		return
	}
	regions, at := old.Replicas, old.scope
	if t != nil {
		regions = t.Replicas
	}
	for _, region := range regions {
		r := s.tableIn(tx, old.there(region), old.Name)
		if r == nil {
			continue
		}
		r = r.clone()
		if t == nil {
			r.Replicas = without(r.Replicas, at.Region)
			if r.Source == at.Region {
				r.Source = s.whole(tx, old, regions, r.Source)
			}
		} else {
			s.follow(tx, r, t)
		}
		s.putTable(tx, r)
	}
}

// whole is a region whose replica has all items; that which is asked about if none is left.
func (s *Service) whole(tx *store.Tx, t *table, regions []aws.Region, gone aws.Region) aws.Region {
	for _, region := range regions {
		if r := s.tableIn(tx, t.there(region), t.Name); r != nil && !r.Filling {
			return region
		}
	}
	return gone
}

// follow makes the description of a replica like that of t.
func (s *Service) follow(tx *store.Tx, r, t *table) {
	r.Replicas = append(without(t.Replicas, r.scope.Region), t.scope.Region)
	slices.Sort(r.Replicas)
	if r.Source != "" && !slices.Contains(r.Replicas, r.Source) {
		r.Source = t.scope.Region // where it was being filled from has left
	}
	r.Attributes, r.LastIndex, r.OnDemand, r.BillingSet, r.OnDemandAt = t.Attributes, t.LastIndex, t.OnDemand, t.BillingSet, t.OnDemandAt
	r.Throughput, r.Maxima = t.Throughput, t.Maxima
	for _, x := range r.Indexes {
		if !slices.ContainsFunc(t.Indexes, func(y *index) bool { return x.Number == y.Number }) {
			r.drop(tx, x)
		}
	}
	r.Indexes = followIndexes(r, t)
	switch {
	case t.TTL == nil && r.TTL == nil, t.TTL != nil && r.TTL != nil && t.TTL.Number == r.TTL.Number:
	default:
		space := r.appendSpace(nil, expirySpace)
		tx.DeleteRange(space, prefixEnd(space))
		if r.TTL = nil; t.TTL != nil {
			r.TTL = &ttl{Number: t.TTL.Number, Attribute: t.TTL.Attribute, Building: true}
		}
	}
	tx.OnCommit(s.backfill.wake)
}

// followIndexes are the indexes of t, as far as they are built in r.
func followIndexes(r, t *table) []*index {
	var all []*index
	for _, x := range t.Indexes {
		y := *x
		if i := slices.IndexFunc(r.Indexes, func(z *index) bool { return z.Number == x.Number }); i >= 0 {
			y.Building = r.Indexes[i].Building
		}
		all = append(all, &y)
	}
	return all
}

// drop removes the entries of an index.
func (t *table) drop(tx *store.Tx, x *index) {
	space := t.appendSpace(nil, x.Number)
	tx.DeleteRange(space, prefixEnd(space))
	gone := t.readTally(tx)[x.Number]
	t.addTally(tx, []difference{{x.Number, -gone.Count, -gone.Size}})
}

// describeReplicas adds the other regions to a description.
func (s *Service) describeReplicas(d *TableDescription, t *table) {
	if len(t.Replicas) == 0 {
		return
	}
	d.GlobalTableVersion, d.MultiRegionConsistency = globalVersion, "EVENTUAL"
	for _, region := range t.Replicas {
		x := ReplicaDescription{RegionName: string(region), ReplicaStatus: "ACTIVE", ReplicaArn: string(tableARN(t.there(region), t.Name))}
		if r, err := s.table(t.there(region), t.Name); err == nil && r != nil {
			if r.Filling {
				x.ReplicaStatus = "CREATING"
			}
			if r.Class != "" {
				x.ReplicaTableClassSummary = &TableClassSummary{r.Class, r.ClassAt}
			}
			for _, y := range r.Indexes {
				if !y.Local {
					x.GlobalSecondaryIndexes = append(x.GlobalSecondaryIndexes, ReplicaIndexDescription{y.Name})
				}
			}
		}
		d.Replicas = append(d.Replicas, x)
	}
}
