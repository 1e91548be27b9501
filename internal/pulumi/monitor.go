package pulumi

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/niebla-cloud/niebla/internal/pulumi/provider"
	"github.com/niebla-cloud/niebla/internal/pulumi/rpc"
	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

// methods are the services a program reaches: its resource monitor and its engine.
func (d *deployment) methods() map[string]rpc.Method {
	const monitor, engine = "/pulumirpc.ResourceMonitor/", "/pulumirpc.Engine/"
	return map[string]rpc.Method{
		monitor + "SupportsFeature":          supportsFeature,
		monitor + "RegisterResource":         d.registerResource,
		monitor + "RegisterResourceOutputs":  d.registerOutputs,
		monitor + "ReadResource":             d.readResource,
		monitor + "Invoke":                   d.invoke,
		monitor + "Call":                     call,
		monitor + "SignalAndWaitForShutdown": nothing,
		engine + "Log":                       d.logMessage,
		engine + "GetRootResource":           d.rootResource,
		engine + "SetRootResource":           nothing,
		engine + "RequirePulumiVersion":      requireVersion,
	}
}

func nothing(context.Context, []byte) ([]byte, error) { return nil, nil }

// supportsFeature says what a program may send beyond the basics.
func supportsFeature(_ context.Context, in []byte) ([]byte, error) {
	feature, err := rpc.DecodeText(in)
	if err != nil {
		return nil, err
	}
	return rpc.EncodeBool(feature == "secrets" || feature == "deletedWith"), nil
}

func (d *deployment) registerResource(_ context.Context, in []byte) ([]byte, error) {
	q, err := rpc.DecodeRegisterResource(in)
	if err != nil {
		return nil, d.refuse(err)
	}
	r, err := d.register(q)
	if err != nil {
		return nil, err
	}
	return rpc.EncodeRegistered(r), nil
}

// refuse is fail for errors found before the deployment was entered.
func (d *deployment) refuse(err error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.fail(err)
}

// registerOutputs takes the outputs of the stack; those of components are for
// people to read, and are not kept.
func (d *deployment) registerOutputs(_ context.Context, in []byte) ([]byte, error) {
	o, err := rpc.DecodeOutputs(in)
	if err != nil {
		return nil, d.refuse(err)
	}
	if typeOf(o.URN) != stackType {
		return nil, nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	plain, secrets := value.RevealMap(o.Values)
	d.outputs, d.secrets = plain, slices.Sorted(maps.Keys(secrets))
	return nil, nil
}

// readResource looks up a resource that is not the stack's.
func (d *deployment) readResource(_ context.Context, in []byte) ([]byte, error) {
	q, err := rpc.DecodeReadResource(in)
	if err != nil {
		return nil, d.refuse(err)
	}
	r, err := d.readExisting(q)
	if err != nil {
		return nil, d.refuse(fmt.Errorf("reading %s %q: %w", short(q.Type), q.Name, err))
	}
	return rpc.EncodeRead(r), nil
}

func (d *deployment) readExisting(q *rpc.ReadResource) (rpc.Registered, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.open(); err != nil {
		return rpc.Registered{}, err
	}
	kind, ok := provider.Lookup(q.Type)
	if !ok {
		return rpc.Registered{}, fmt.Errorf("niebla up does not know the type %s", q.Type)
	}
	known, secrets := value.RevealMap(q.Properties)
	for _, name := range slices.Concat(kind.Secrets, q.SecretOutputs) {
		secrets[name] = true
	}
	if !kind.Global && known["region"] == nil {
		known["region"] = d.region(q.Provider)
	}
	if q.ID == "" { // a preview, and it depends on what is yet to come
		return rpc.Registered{URN: d.project.urn(q.Parent, q.Type, q.Name), Properties: known}, nil
	}
	ctx, cancel := d.operation(0)
	defer cancel()
	out, ok, err := kind.Read(ctx, d.client, q.ID, known, known)
	if err != nil {
		return rpc.Registered{}, err
	}
	if !ok {
		return rpc.Registered{}, fmt.Errorf("%s does not exist", q.ID)
	}
	urn := d.project.urn(q.Parent, q.Type, q.Name)
	d.seen[urn] = true
	d.step(Read, &record{URN: urn, Type: q.Type, ID: q.ID}, nil)
	return rpc.Registered{URN: urn, ID: q.ID, Properties: value.Conceal(out, secrets)}, nil
}

func (d *deployment) invoke(_ context.Context, in []byte) ([]byte, error) {
	q, err := rpc.DecodeInvoke(in)
	if err != nil {
		return nil, d.refuse(err)
	}
	args, _ := value.Reveal(q.Args)
	if value.HasUnknown(args) {
		return rpc.EncodeInvoked(nil), nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.open(); err != nil {
		return nil, err
	}
	ctx, cancel := d.operation(0)
	defer cancel()
	out, err := provider.Invoke(ctx, d.client.In(d.region(q.Provider)), q.Token, args.(value.Map))
	if err != nil {
		return nil, d.fail(err)
	}
	return rpc.EncodeInvoked(out), nil
}

// call would be a method of a component written in another language.
func call(_ context.Context, in []byte) ([]byte, error) {
	token, err := rpc.DecodeText(in)
	if err != nil {
		return nil, err
	}
	return nil, rpc.Errorf(rpc.Unimplemented, "niebla up does not carry out methods of resources: %s", token)
}

func (d *deployment) logMessage(_ context.Context, in []byte) ([]byte, error) {
	l, err := rpc.DecodeLog(in)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch l.Severity {
	case rpc.Failure:
		d.logged = append(d.logged, l.Message)
	case rpc.Info, rpc.Warning:
		d.log(l.Message)
	}
	return nil, nil
}

func (d *deployment) rootResource(context.Context, []byte) ([]byte, error) {
	return rpc.EncodeText(d.project.urn("", stackType, d.project.name+"-"+d.project.stack)), nil
}

// requireVersion refuses a program that insists on a version of Pulumi's own
// engine, which this is not.
func requireVersion(_ context.Context, in []byte) ([]byte, error) {
	wanted, err := rpc.DecodeText(in)
	if err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("the program asks for version %s of Pulumi's engine: niebla up is another engine", wanted)
}
