package dynamodb

// refused collects the refusals that a request met with.
func refused(in any) (all []*refusal) {
	add := func(r *refusal) {
		if r != nil {
			all = append(all, r)
		}
	}
	addChange := func(c *change) {
		if c != nil {
			add(c.refused)
		}
	}
	switch in := in.(type) {
	case *PutItemInput:
		addChange(in.change)
	case *UpdateItemInput:
		addChange(in.change)
	case *DeleteItemInput:
		addChange(in.change)
	case *BatchWriteItemInput:
		if in.batch != nil {
			for _, t := range in.batch.tables {
				all = append(all, t.refused...)
				for _, c := range t.changes {
					addChange(c)
				}
			}
		}
	case *TransactWriteItemsInput:
		if in.prepared != nil {
			for _, c := range in.prepared.changes {
				addChange(c)
			}
		}
	case *GetItemInput:
		if in.get != nil {
			add(in.get.refused)
		}
	case *BatchGetItemInput:
		if in.batch != nil {
			for _, t := range in.batch.tables {
				add(t.refused)
			}
		}
	case *TransactGetItemsInput:
		for _, g := range in.gets {
			add(g.refused)
		}
	case *QueryInput:
		if in.read != nil {
			add(in.read.refused)
		}
	case *ScanInput:
		if in.read != nil {
			add(in.read.refused)
		}
	case *ExecuteStatementInput:
		if in.statement != nil {
			add(in.statement.refused)
			addChange(in.statement.made)
		}
	case *BatchExecuteStatementInput:
		for _, b := range in.batch {
			if b.statement != nil {
				add(b.refused)
				addChange(b.made)
			}
		}
	case *ExecuteTransactionInput:
		if in.prepared == nil {
			break
		}
		for _, st := range in.prepared.statements {
			add(st.refused)
		}
		if in.prepared.writes != nil {
			for _, c := range in.prepared.writes.changes {
				addChange(c)
			}
		}
	}
	return all
}
