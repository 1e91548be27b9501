package provider

import (
	"context"
	"strconv"
	"strings"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

func roleKinds() []*Kind {
	return []*Kind{
		{
			Token: "aws:iam/role:Role", Global: true,
			Inputs: []Property{
				{Name: "name", Type: str, Replace: true, Computed: true},
				{Name: "namePrefix", Type: str, Replace: true, Computed: true},
				{Name: "assumeRolePolicy", Type: document, Required: true, Policy: true},
				{Name: "description", Type: str},
				{Name: "forceDetachPolicies", Type: boolean, Default: false},
				{Name: "maxSessionDuration", Type: number, Default: 3600.0},
				{Name: "path", Type: str, Default: "/", Replace: true},
				{Name: "permissionsBoundary", Type: str},
				{Name: "tags", Type: mapOf(str)},
			},
			Computed: []string{"arn", "createDate", "uniqueId", "tagsAll"},
			Identity: []string{"name"},
			Name:     Naming{Property: "name", Prefix: "namePrefix", Max: 64},
			Elsewhere: map[string]string{
				"inlinePolicies":    "aws:iam/rolePolicy:RolePolicy",
				"managedPolicyArns": "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
			},
			create: createRole, read: readRole, update: updateRole, remove: removeRole,
			find: byInputs(func(r *Resource) string { return r.text("name") }, readRole),
		},
		{
			Token: "aws:iam/rolePolicy:RolePolicy", Global: true,
			Inputs: []Property{
				{Name: "name", Type: str, Replace: true, Computed: true},
				{Name: "namePrefix", Type: str, Replace: true, Computed: true},
				{Name: "role", Type: str, Required: true, Replace: true},
				{Name: "policy", Type: document, Required: true, Policy: true},
			},
			Identity: []string{"role", "name"},
			Name:     Naming{Property: "name", Prefix: "namePrefix", Max: 128},
			create:   byPutting(func(r *Resource) string { return r.text("role") + ":" + r.text("name") }, putRolePolicy),
			update:   putRolePolicy, read: readRolePolicy, remove: removeRolePolicy,
			find: putAgain,
		},
		attachment("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "role", "Role"),
	}
}

func createRole(ctx context.Context, r *Resource) (string, error) {
	in := form(
		"RoleName", r.text("name"), "Path", r.text("path"), "AssumeRolePolicyDocument", r.text("assumeRolePolicy"),
		"Description", r.text("description"), "PermissionsBoundary", r.text("permissionsBoundary"),
		"MaxSessionDuration", strconv.Itoa(integer(r.In["maxSessionDuration"])),
	)
	if err := r.iam(ctx, "CreateRole", formTags(in, r.In["tags"]), nil); err != nil {
		return "", err
	}
	return r.text("name"), nil
}

func readRole(ctx context.Context, r *Resource) (value.Map, error) {
	var out struct {
		Role struct{ Arn, RoleId, RoleName, CreateDate, AssumeRolePolicyDocument string } `xml:"GetRoleResult>Role"`
	}
	if err := r.iam(ctx, "GetRole", form("RoleName", r.ID), &out); err != nil {
		return nil, err
	}
	return value.Map{
		"name": out.Role.RoleName, "arn": out.Role.Arn, "uniqueId": out.Role.RoleId, "createDate": out.Role.CreateDate,
	}, nil
}

func updateRole(ctx context.Context, r *Resource) error {
	if r.Changed("assumeRolePolicy") {
		in := form("RoleName", r.ID, "PolicyDocument", r.text("assumeRolePolicy"))
		if err := r.iam(ctx, "UpdateAssumeRolePolicy", in, nil); err != nil {
			return err
		}
	}
	if r.Changed("description", "maxSessionDuration") {
		in := form("RoleName", r.ID, "MaxSessionDuration", strconv.Itoa(integer(r.In["maxSessionDuration"])))
		in.Set("Description", r.text("description"))
		if err := r.iam(ctx, "UpdateRole", in, nil); err != nil {
			return err
		}
	}
	if err := r.setBoundary(ctx, "Role", "RoleName"); err != nil {
		return err
	}
	return r.retagIAM(ctx, "Role", "RoleName")
}

func removeRole(ctx context.Context, r *Resource) error {
	if r.flag("forceDetachPolicies") {
		if err := r.detachAll(ctx, "Role"); err != nil {
			return unlessGone(err)
		}
	}
	return unlessGone(r.iam(ctx, "DeleteRole", form("RoleName", r.ID), nil))
}

// detachAll takes every policy off a user or role.
func (r *Resource) detachAll(ctx context.Context, entity string) error {
	by := entity + "Name"
	var attached struct {
		Role []string `xml:"ListAttachedRolePoliciesResult>AttachedPolicies>member>PolicyArn"`
		User []string `xml:"ListAttachedUserPoliciesResult>AttachedPolicies>member>PolicyArn"`
	}
	if err := r.iam(ctx, "ListAttached"+entity+"Policies", form(by, r.ID), &attached); err != nil {
		return err
	}
	for _, arn := range append(attached.Role, attached.User...) {
		if err := r.iam(ctx, "Detach"+entity+"Policy", form(by, r.ID, "PolicyArn", arn), nil); unlessGone(err) != nil {
			return err
		}
	}
	var inline struct {
		Role []string `xml:"ListRolePoliciesResult>PolicyNames>member"`
		User []string `xml:"ListUserPoliciesResult>PolicyNames>member"`
	}
	if err := r.iam(ctx, "List"+entity+"Policies", form(by, r.ID), &inline); err != nil {
		return err
	}
	for _, name := range append(inline.Role, inline.User...) {
		if err := r.iam(ctx, "Delete"+entity+"Policy", form(by, r.ID, "PolicyName", name), nil); unlessGone(err) != nil {
			return err
		}
	}
	return nil
}

func putRolePolicy(ctx context.Context, r *Resource) error {
	return r.iam(ctx, "PutRolePolicy", form("RoleName", r.text("role"), "PolicyName", r.text("name"), "PolicyDocument", r.text("policy")), nil)
}

func readRolePolicy(ctx context.Context, r *Resource) (value.Map, error) {
	role, name, _ := strings.Cut(r.ID, ":")
	var out struct {
		Document string `xml:"GetRolePolicyResult>PolicyDocument"`
	}
	if err := r.iam(ctx, "GetRolePolicy", form("RoleName", role, "PolicyName", name), &out); err != nil {
		return nil, err
	}
	return value.Map{"role": role, "name": name, "policy": unescape(out.Document)}, nil
}

func removeRolePolicy(ctx context.Context, r *Resource) error {
	role, name, _ := strings.Cut(r.ID, ":")
	return unlessGone(r.iam(ctx, "DeleteRolePolicy", form("RoleName", role, "PolicyName", name), nil))
}

// attachment is a managed policy on a user or role.
func attachment(token, property, entity string) *Kind {
	pair := func(r *Resource) []string {
		to, arn, _ := strings.Cut(r.ID, "/")
		return []string{entity + "Name", to, "PolicyArn", arn}
	}
	return &Kind{
		Token: token, Global: true, Identity: []string{property, "policyArn"},
		Inputs: []Property{
			{Name: property, Type: str, Required: true, Replace: true},
			{Name: "policyArn", Type: str, Required: true, Replace: true},
		},
		create: byPutting(func(r *Resource) string { return r.text(property) + "/" + r.text("policyArn") }, func(ctx context.Context, r *Resource) error {
			in := form(entity+"Name", r.text(property), "PolicyArn", r.text("policyArn"))
			return r.iam(ctx, "Attach"+entity+"Policy", in, nil)
		}),
		read: func(ctx context.Context, r *Resource) (value.Map, error) {
			return value.Map{}, r.attached(ctx, entity, pair(r)[1], pair(r)[3])
		},
		remove: func(ctx context.Context, r *Resource) error {
			return unlessGone(r.iam(ctx, "Detach"+entity+"Policy", form(pair(r)...), nil))
		},
		find: putAgain,
	}
}

// attached is errGone if the policy is not on the user or role.
func (r *Resource) attached(ctx context.Context, entity, name, arn string) error {
	for marker := ""; ; {
		var page struct {
			Role pageOfAttached `xml:"ListAttachedRolePoliciesResult"`
			User pageOfAttached `xml:"ListAttachedUserPoliciesResult"`
		}
		if err := r.iam(ctx, "ListAttached"+entity+"Policies", form(entity+"Name", name, "Marker", marker), &page); err != nil {
			return err
		}
		for _, a := range append(page.Role.Policies, page.User.Policies...) {
			if a == arn {
				return nil
			}
		}
		if marker = page.Role.Marker + page.User.Marker; marker == "" {
			return errGone
		}
	}
}

type pageOfAttached struct {
	Policies []string `xml:"AttachedPolicies>member>PolicyArn"`
	Marker   string
}
