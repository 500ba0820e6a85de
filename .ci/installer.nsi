; The installer for Windows: for one person, without an administrator. installer.py makes it where
; makensis is, with /DVERSION, /DBUILT (the folder), /DTO (the file), /DICON and /DSIZE (KiB).
; The uninstaller keeps scores, tapes and settings unless it is told to remove them.

Unicode true
SetCompressor /SOLID lzma
Name "BigChamp"
OutFile "${TO}"
InstallDir "$LOCALAPPDATA\Programs\BigChamp"
InstallDirRegKey HKCU "Software\BigChamp" "Folder"
RequestExecutionLevel user
Icon "${ICON}"
UninstallIcon "${ICON}"
BrandingText "BigChamp ${VERSION}"

VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "BigChamp"
VIAddVersionKey "FileDescription" "Installs BigChamp, a desktop arcade"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "As a whole GPL-2.0-only; see the folder licences"

!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\BigChamp"
!define DATA "$LOCALAPPDATA\BigChamp"

LoadLanguageFile "${NSISDIR}\Contrib\Language files\English.nlf"
LoadLanguageFile "${NSISDIR}\Contrib\Language files\German.nlf"
LangString KEEP ${LANG_ENGLISH} "Remove scores, tapes and settings too? They are in $\n${DATA}"
LangString KEEP ${LANG_GERMAN} "Auch Punkte, Aufnahmen und Einstellungen entfernen? Sie liegen in $\n${DATA}"
LangString OPEN ${LANG_ENGLISH} "BigChamp is running: close it first."
LangString OPEN ${LANG_GERMAN} "BigChamp läuft noch: bitte zuerst beenden."

Page directory
Page instfiles
UninstPage uninstConfirm
UninstPage instfiles

; A program that runs cannot be written to.
!macro WaitUntilClosed
  again:
    IfFileExists "$INSTDIR\bigchamp.exe" 0 closed
    ClearErrors
    FileOpen $0 "$INSTDIR\bigchamp.exe" a
    IfErrors 0 free
    IfSilent failed
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(OPEN)" IDRETRY again
  failed:
    SetErrorLevel 1
    Abort "$(OPEN)"
  free:
    FileClose $0
  closed:
!macroend

Section
  !insertmacro WaitUntilClosed
  RMDir /r "$INSTDIR\_internal" ; an older version's
  RMDir /r "$INSTDIR\licences"
  SetOutPath "$INSTDIR"
  File /r "${BUILT}/*.*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\BigChamp.lnk" "$INSTDIR\bigchamp.exe"
  WriteRegStr HKCU "Software\BigChamp" "Folder" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "BigChamp"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\bigchamp.exe"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "The BigChamp authors"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" ${SIZE}
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
SectionEnd

Section "Uninstall"
  !insertmacro WaitUntilClosed
  MessageBox MB_YESNO|MB_DEFBUTTON2 "$(KEEP)" /SD IDNO IDNO kept
  RMDir /r "${DATA}"
kept:
  RMDir /r "$INSTDIR\_internal"
  RMDir /r "$INSTDIR\licences"
  Delete "$INSTDIR\bigchamp.exe"
  Delete "$INSTDIR\bigchamp-encoder.exe"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR" ; stays if somebody put something there, or keeps `data` there
  Delete "$SMPROGRAMS\BigChamp.lnk"
  DeleteRegKey HKCU "${UNINSTALL}"
  DeleteRegKey HKCU "Software\BigChamp"
SectionEnd
