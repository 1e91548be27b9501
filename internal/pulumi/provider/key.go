package provider

import (
	"context"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

var kms = target{"kms", "TrentService", "application/x-amz-json-1.1"}

func keyKinds() []*Kind {
	return []*Kind{
		{
			Token: "aws:kms/key:Key",
			Inputs: []Property{
				{Name: "description", Type: str, Computed: true},
				{Name: "policy", Type: document, Computed: true, Policy: true},
				{Name: "bypassPolicyLockoutSafetyCheck", Type: boolean, Default: false},
				{Name: "keyUsage", Type: str, Default: "ENCRYPT_DECRYPT", Replace: true},
				{Name: "customerMasterKeySpec", Type: str, Default: "SYMMETRIC_DEFAULT", Replace: true},
				{Name: "multiRegion", Type: boolean, Default: false, Replace: true},
				{Name: "isEnabled", Type: boolean, Default: true},
				{Name: "enableKeyRotation", Type: boolean, Default: false},
				{Name: "rotationPeriodInDays", Type: number, Computed: true},
				{Name: "deletionWindowInDays", Type: number},
				{Name: "tags", Type: mapOf(str)},
			},
			Computed: []string{"arn", "keyId", "tagsAll"},
			create:   createKey, read: readKey, update: updateKey, remove: removeKey,
		},
		{
			Token: "aws:kms/alias:Alias",
			Inputs: []Property{
				{Name: "name", Type: str, Replace: true, Computed: true},
				{Name: "namePrefix", Type: str, Replace: true},
				{Name: "targetKeyId", Type: str, Required: true},
			},
			Computed: []string{"arn", "targetKeyArn"},
			Identity: []string{"name", "region"},
			Name:     Naming{Property: "name", Prefix: "namePrefix", Max: 256, Lead: "alias/"},
			create:   createAlias, read: readAlias, update: updateAlias, remove: removeAlias,
			find: byInputs(func(r *Resource) string { return r.text("name") }, readAlias),
		},
	}
}

func createKey(ctx context.Context, r *Resource) (string, error) {
	in := jsonObject{"KeyUsage": r.text("keyUsage"), "KeySpec": r.text("customerMasterKeySpec")}
	if s := r.text("description"); s != "" {
		in["Description"] = s
	}
	if s := r.text("policy"); s != "" {
		in["Policy"] = s
		in["BypassPolicyLockoutSafetyCheck"] = r.flag("bypassPolicyLockoutSafetyCheck")
	}
	if r.flag("multiRegion") {
		in["MultiRegion"] = true
	}
	if tags := awsTags(r.In["tags"], "TagKey", "TagValue"); len(tags) > 0 {
		in["Tags"] = tags
	}
	var out struct{ KeyMetadata struct{ KeyId string } }
	if err := r.json(ctx, kms, "CreateKey", in, &out); err != nil {
		return "", err
	}
	r.ID = out.KeyMetadata.KeyId
	if err := setRotation(ctx, r); err != nil {
		return r.ID, err
	}
	return r.ID, setEnabled(ctx, r)
}

func readKey(ctx context.Context, r *Resource) (value.Map, error) {
	var key struct {
		KeyMetadata struct{ Arn, KeyId, Description, KeyState string }
	}
	if err := r.json(ctx, kms, "DescribeKey", jsonObject{"KeyId": r.ID}, &key); err != nil {
		return nil, notFound(err, "NotFoundException")
	}
	if key.KeyMetadata.KeyState == "PendingDeletion" {
		return nil, errGone
	}
	var policy struct{ Policy string }
	in := jsonObject{"KeyId": r.ID, "PolicyName": "default"}
	if err := r.json(ctx, kms, "GetKeyPolicy", in, &policy); err != nil {
		return nil, err
	}
	return value.Map{
		"arn": key.KeyMetadata.Arn, "keyId": key.KeyMetadata.KeyId,
		"description": key.KeyMetadata.Description, "policy": policy.Policy,
	}, nil
}

func updateKey(ctx context.Context, r *Resource) error {
	// A disabled key cannot be changed, so it is enabled first and disabled last.
	if r.Changed("isEnabled") && r.flag("isEnabled") {
		if err := setEnabled(ctx, r); err != nil {
			return err
		}
	}
	if r.Changed("description") {
		in := jsonObject{"KeyId": r.ID, "Description": r.text("description")}
		if err := r.json(ctx, kms, "UpdateKeyDescription", in, nil); err != nil {
			return err
		}
	}
	if policy := r.text("policy"); r.Changed("policy") && policy != "" {
		in := jsonObject{"KeyId": r.ID, "PolicyName": "default", "Policy": policy, "BypassPolicyLockoutSafetyCheck": r.flag("bypassPolicyLockoutSafetyCheck")}
		if err := r.json(ctx, kms, "PutKeyPolicy", in, nil); err != nil {
			return err
		}
	}
	if err := setRotation(ctx, r); err != nil {
		return err
	}
	err := r.retag(func(gone []string) error {
		return r.json(ctx, kms, "UntagResource", jsonObject{"KeyId": r.ID, "TagKeys": gone}, nil)
	}, func(tags value.Map) error {
		return r.json(ctx, kms, "TagResource", jsonObject{"KeyId": r.ID, "Tags": awsTags(tags, "TagKey", "TagValue")}, nil)
	})
	if err != nil {
		return err
	}
	if r.Changed("isEnabled") && !r.flag("isEnabled") {
		return setEnabled(ctx, r)
	}
	return nil
}

// setEnabled enables or disables the key; a new key is enabled.
func setEnabled(ctx context.Context, r *Resource) error {
	operation := "EnableKey"
	if !r.flag("isEnabled") {
		operation = "DisableKey"
	}
	if r.Old == nil && r.flag("isEnabled") {
		return nil
	}
	return r.json(ctx, kms, operation, jsonObject{"KeyId": r.ID}, nil)
}

// setRotation turns rotation on or off; a new key does not rotate.
func setRotation(ctx context.Context, r *Resource) error {
	on := r.flag("enableKeyRotation")
	if !r.Changed("enableKeyRotation", "rotationPeriodInDays") || r.Old == nil && !on {
		return nil
	}
	if !on {
		return r.json(ctx, kms, "DisableKeyRotation", jsonObject{"KeyId": r.ID}, nil)
	}
	in := jsonObject{"KeyId": r.ID}
	if days := r.In["rotationPeriodInDays"]; days != nil {
		in["RotationPeriodInDays"] = days
	}
	return r.json(ctx, kms, "EnableKeyRotation", in, nil)
}

func removeKey(ctx context.Context, r *Resource) error {
	in := jsonObject{"KeyId": r.ID}
	if days := r.In["deletionWindowInDays"]; days != nil {
		in["PendingWindowInDays"] = days
	}
	err := notFound(r.json(ctx, kms, "ScheduleKeyDeletion", in, nil), "NotFoundException")
	if err == nil {
		return nil
	}
	if _, gone := readKey(ctx, r); unlessGone(gone) == nil && gone != nil {
		return nil // it was scheduled before
	}
	return unlessGone(err)
}

func createAlias(ctx context.Context, r *Resource) (string, error) {
	name := r.text("name")
	in := jsonObject{"AliasName": name, "TargetKeyId": r.text("targetKeyId")}
	if err := r.json(ctx, kms, "CreateAlias", in, nil); err != nil {
		return "", err
	}
	return name, nil
}

func readAlias(ctx context.Context, r *Resource) (value.Map, error) {
	for marker := ""; ; {
		in := jsonObject{}
		if marker != "" {
			in["Marker"] = marker
		}
		var page struct {
			Aliases    []struct{ AliasName, AliasArn, TargetKeyId string }
			Truncated  bool
			NextMarker string
		}
		if err := r.json(ctx, kms, "ListAliases", in, &page); err != nil {
			return nil, err
		}
		for _, a := range page.Aliases {
			if a.AliasName == r.ID {
				return value.Map{"name": a.AliasName, "arn": a.AliasArn, "targetKeyArn": r.arn("kms", "key/"+a.TargetKeyId)}, nil
			}
		}
		if !page.Truncated {
			return nil, errGone
		}
		marker = page.NextMarker
	}
}

func updateAlias(ctx context.Context, r *Resource) error {
	return r.json(ctx, kms, "UpdateAlias", jsonObject{"AliasName": r.ID, "TargetKeyId": r.text("targetKeyId")}, nil)
}

func removeAlias(ctx context.Context, r *Resource) error {
	err := r.json(ctx, kms, "DeleteAlias", jsonObject{"AliasName": r.ID}, nil)
	return unlessGone(notFound(err, "NotFoundException"))
}
