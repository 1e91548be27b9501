package apigatewayv2

import (
	"context"
	"maps"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// stage is a name under which an API is served.
type stage struct {
	Name        string
	Description string
	AutoDeploy  bool
	Deployment  string
	Variables   map[string]string
	Tags        map[string]string
	Created     time.Time
	Updated     time.Time
}

// defaultStage is served at the root.
const defaultStage = "$default"

// deployment is what an API was at one time.
type deployment struct {
	ID           string
	Description  string
	Auto         bool
	Created      time.Time
	Routes       map[string]route
	Integrations map[string]integration
}

func (st stage) describe() Stage {
	return Stage{
		AutoDeploy: st.AutoDeploy, CreatedDate: st.Created, DeploymentId: st.Deployment, Description: st.Description, LastUpdatedDate: st.Updated,
		RouteSettings: map[string]string{}, StageName: st.Name, StageVariables: orEmpty(st.Variables), Tags: orEmpty(st.Tags),
	}
}

func (s *Service) deploy(c *aws.Call, a *api, description string, auto bool) deployment {
	d := deployment{
		ID: s.IDs.Lower(6), Description: description, Auto: auto, Created: c.Time.UTC().Truncate(time.Second),
		Routes: maps.Clone(a.Routes), Integrations: maps.Clone(a.Integrations),
	}
	a.Deployments[d.ID] = d
	return d
}

func (s *Service) applyStage(c *aws.Call, a *api, st *stage, in *stageSettings) error {
	set(&st.Description, in.Description)
	if in.AutoDeploy != nil {
		st.AutoDeploy = *in.AutoDeploy
	}
	if in.StageVariables != nil {
		st.Variables = in.StageVariables
	}
	if in.DeploymentId != "" {
		if st.AutoDeploy {
			return errBadRequest("Deployment ID cannot be set on Stage with AutoDeploy enabled")
		}
		if _, ok := a.Deployments[in.DeploymentId]; !ok {
			return errNotFound("Invalid Deployment identifier specified %s", in.DeploymentId)
		}
		st.Deployment = in.DeploymentId
	}
	if st.AutoDeploy && st.Deployment == "" {
		st.Deployment = s.deploy(c, a, "Automatic deployment triggered by changes to the Api configuration", true).ID
	}
	st.Updated = c.Time.UTC().Truncate(time.Second)
	a.Stages[st.Name] = *st
	return nil
}

func (s *Service) createStage(_ context.Context, c *aws.Call, in *CreateStageInput) (*CreateStageOutput, error) {
	st := stage{Name: in.StageName, Tags: in.Tags, Created: c.Time.UTC().Truncate(time.Second)}
	_, err := s.change(c, in.ApiId, func(a *api) error {
		if _, taken := a.Stages[st.Name]; taken {
			return errConflict("Stage already exists")
		}
		return s.applyStage(c, a, &st, &in.stageSettings)
	})
	return &CreateStageOutput{Stage: st.describe()}, err
}

func errNoStage(name string) error {
	return errNotFound("Invalid stage identifier specified %s", name)
}

func (s *Service) getStage(_ context.Context, c *aws.Call, in *GetStageInput) (*Stage, error) {
	a, err := s.read(c, in.ApiId)
	st, ok := a.Stages[in.StageName]
	if err == nil && !ok {
		err = errNoStage(in.StageName)
	}
	d := st.describe()
	return &d, err
}

func (s *Service) getStages(_ context.Context, c *aws.Call, in *GetStagesInput) (*GetStagesOutput, error) {
	a, err := s.read(c, in.ApiId)
	return &GetStagesOutput{sorted(a.Stages, stage.describe)}, err
}

func (s *Service) updateStage(_ context.Context, c *aws.Call, in *UpdateStageInput) (*Stage, error) {
	var d Stage
	_, err := s.change(c, in.ApiId, func(a *api) error {
		st, ok := a.Stages[in.StageName]
		if !ok {
			return errNoStage(in.StageName)
		}
		err := s.applyStage(c, a, &st, &in.stageSettings)
		d = st.describe()
		return err
	})
	return &d, err
}

func (s *Service) deleteStage(_ context.Context, c *aws.Call, in *DeleteStageInput) (*NoContent, error) {
	_, err := s.change(c, in.ApiId, func(a *api) error {
		if _, ok := a.Stages[in.StageName]; !ok {
			return errNoStage(in.StageName)
		}
		delete(a.Stages, in.StageName)
		return nil
	})
	return &NoContent{}, err
}

func (d deployment) describe() Deployment {
	return Deployment{AutoDeployed: d.Auto, CreatedDate: d.Created, DeploymentId: d.ID, DeploymentStatus: "DEPLOYED", Description: d.Description}
}

func (s *Service) createDeployment(_ context.Context, c *aws.Call, in *CreateDeploymentInput) (*CreateDeploymentOutput, error) {
	var d deployment
	_, err := s.change(c, in.ApiId, func(a *api) error {
		if len(a.Routes) == 0 {
			return errBadRequest("At least one route is required before deploying the Api.")
		}
		d = s.deploy(c, a, in.Description, false)
		if in.StageName == "" {
			return nil
		}
		st, ok := a.Stages[in.StageName]
		if !ok {
			return errNoStage(in.StageName)
		}
		st.Deployment = d.ID
		a.Stages[st.Name] = st
		return nil
	})
	return &CreateDeploymentOutput{Deployment: d.describe()}, err
}

func (s *Service) getDeployment(_ context.Context, c *aws.Call, in *GetDeploymentInput) (*Deployment, error) {
	a, err := s.read(c, in.ApiId)
	d, ok := a.Deployments[in.DeploymentId]
	if err == nil && !ok {
		err = errNotFound("Invalid Deployment identifier specified %s", in.DeploymentId)
	}
	out := d.describe()
	return &out, err
}

func (s *Service) getDeployments(_ context.Context, c *aws.Call, in *GetDeploymentsInput) (*GetDeploymentsOutput, error) {
	a, err := s.read(c, in.ApiId)
	return &GetDeploymentsOutput{sorted(a.Deployments, deployment.describe)}, err
}

func (s *Service) deleteDeployment(_ context.Context, c *aws.Call, in *DeleteDeploymentInput) (*NoContent, error) {
	_, err := s.change(c, in.ApiId, func(a *api) error {
		if _, ok := a.Deployments[in.DeploymentId]; !ok {
			return errNotFound("Invalid Deployment identifier specified %s", in.DeploymentId)
		}
		for _, st := range a.Stages {
			if st.Deployment == in.DeploymentId {
				return errBadRequest("Active stages pointing to this deployment must be moved or deleted")
			}
		}
		delete(a.Deployments, in.DeploymentId)
		return nil
	})
	return &NoContent{}, err
}
