/** A spec with every key, as `bundle create --example` prints it. It is a spec itself: a test reads it. */
export const exampleSpec = `# What goes into the bundle. Every key but versions may be left out; what is shown is the default, or an example.
# Paths are relative to this file.

# Exact versions, as the vendor names them. The control plane must be as new as the workspaces, or newer.
versions:
  controlPlane: "0.13.18"
  workspaces: ["0.95.1"]

# Where the vendor's images are: ecr (Amazon, two regions) or gar (Google). Log in there first, with docker login or a
# credential helper; ~/.docker/config.json is read, or the folder of --docker-config.
vendor: ecr

# A mirror in the place of the vendor's registries.
# registries:
#   controlPlane: mirror.example.com/zenml
#   workspace: mirror.example.com/zenml
#   client: mirror.example.com/zenmldocker

# Where the charts are, the vendor's place, a mirror, or a folder that holds NAME-VERSION.tgz.
# charts:
#   controlPlane: oci://public.ecr.aws/zenml/zenml-pro
#   workspace: oci://public.ecr.aws/zenml/zenml

# What the nodes of the cluster are.
platforms: [linux/amd64]

# Further images that the site needs, each with its tag.
extraImages: []
#  - docker.io/library/busybox:1.36

# Images with pg_dump, mysqldump and their like, from which backups run in the cluster (docs/bundle-create.md shows how
# to make one). The name tells the engine (mysql-client-tools), or what stands before it; else the image is for both.
clientTools: []
#  - registry.example.com/tools/client-tools:1.0
#  - mysql=registry.example.com/tools/database-programs:9.7

# Images that the charts name although nothing here lists them: add, or refuse.
unlistedImages: add
# Of those, what is left out knowingly.
ignoredImages: []

# releaseNotes: RELEASE-NOTES.md

# Bills of materials (CycloneDX or SPDX): those attached to the images are taken; further ones as files.
attachedSboms: true
sboms: []
#  - {image: "zenml-pro-api:0.13.18", file: zenml-pro-api.cdx.json}

# Programs for the other side. executables: this tool as one program that needs no other, each with the checksums,
# licences and bill of materials that lie beside it; or the folder of a release, with all of them. helm: by default the
# one that pulls the charts. program: this tool for hosts that have Node; by default it comes along where no executable
# does. false leaves helm or program out.
# tools:
#   executables: [./release/zenml-airgap-linux-x64]
#   helm: ./helm-linux-amd64
#   program: ./dist

# Registries that need a CA of their own, or that speak plain HTTP.
# hosts:
#   mirror.example.com:
#     ca: mirror-ca.pem
#   localhost:5000:
#     plainHttp: true
`;
