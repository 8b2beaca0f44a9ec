"""Computing on voxels and photos: slices, grey levels, statistics, surfaces, faces; no Qt."""
