package iam

import (
	"context"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Clients that delete a user or a role with all it has ask for these first. A
// user of ours never has any, which is what is said, of users that exist.

func (s *Service) listInstanceProfilesForRole(ctx context.Context, c *aws.Call, in *ListInstanceProfilesForRoleInput) (*ListInstanceProfilesForRoleOutput, error) {
	return look(s, func(*store.Tx, *aws.Call, *entity, *ListInstanceProfilesForRoleInput) (*ListInstanceProfilesForRoleOutput, error) {
		return &ListInstanceProfilesForRoleOutput{InstanceProfiles: []None{}}, nil
	})(ctx, c, in)
}

func (s *Service) listSSHPublicKeys(_ context.Context, c *aws.Call, in *ListSSHPublicKeysInput) (*ListSSHPublicKeysOutput, error) {
	return &ListSSHPublicKeysOutput{SSHPublicKeys: []None{}}, s.userExists(c, in.ref())
}

func (s *Service) listSigningCertificates(_ context.Context, c *aws.Call, in *ListSigningCertificatesInput) (*ListSigningCertificatesOutput, error) {
	return &ListSigningCertificatesOutput{Certificates: []None{}}, s.userExists(c, in.ref())
}

func (s *Service) listMFADevices(_ context.Context, c *aws.Call, in *ListMFADevicesInput) (*ListMFADevicesOutput, error) {
	return &ListMFADevicesOutput{MFADevices: []None{}}, s.userExists(c, in.ref())
}

func (s *Service) listVirtualMFADevices(context.Context, *aws.Call, *ListVirtualMFADevicesInput) (*ListVirtualMFADevicesOutput, error) {
	return &ListVirtualMFADevicesOutput{VirtualMFADevices: []None{}}, nil
}

func (s *Service) listServiceSpecificCredentials(_ context.Context, c *aws.Call, in *ListServiceSpecificCredentialsInput) (*ListServiceSpecificCredentialsOutput, error) {
	return &ListServiceSpecificCredentialsOutput{ServiceSpecificCredentials: []None{}}, s.userExists(c, in.ref())
}

func (s *Service) getLoginProfile(_ context.Context, c *aws.Call, in *GetLoginProfileInput) (*GetLoginProfileOutput, error) {
	return nil, s.noLoginProfile(c, in.ref())
}

func (s *Service) deleteLoginProfile(_ context.Context, c *aws.Call, in *DeleteLoginProfileInput) (*service.Empty, error) {
	return nil, s.noLoginProfile(c, in.ref())
}

func (s *Service) noLoginProfile(c *aws.Call, r ref) error {
	r, err := caller(c, r)
	if err != nil {
		return err
	}
	if err := s.userExists(c, r); err != nil {
		return err
	}
	return errNoLoginProfile(r.name)
}

// userExists is nil if there is such a user, or none is named.
func (s *Service) userExists(c *aws.Call, r ref) error {
	if r.name == "" {
		return nil
	}
	return s.DB.View(func(tx *store.Tx) error {
		_, err := s.find(tx, c.Scope, r)
		return err
	})
}
