"""Training of the nodule malignancy model: patches, augmentation, cross-fitting, figures, card."""
