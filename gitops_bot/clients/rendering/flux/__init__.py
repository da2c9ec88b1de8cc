"""What Flux does beside kustomize and helm: generated kustomizations, substitution, values from ConfigMaps."""
