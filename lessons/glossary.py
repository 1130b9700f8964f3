# %% [markdown]
# # Glossary
#
# {{ before }}
#
# Back to [all lessons](index.ipynb).

# %% [markdown]
# {{ terms }}

# %% [markdown]
# {{ after }}
