/**
 * What kinds of files there are, as far as danger goes, by extension and by MIME type. An extension decides what a
 * double click does, so for the sender's disguises the difference between the two is what matters.
 */
export type Kind =
  | 'program'
  | 'script'
  | 'shortcut'
  | 'disk image'
  | 'archive'
  | 'web page'
  | 'document'
  | 'PDF document'
  | 'picture'
  | 'sound or film'
  | 'text'

const list = (words: string): string[] => words.trim().split(/\s+/)

const extensions: Record<Kind, string[]> = {
  program:
    list(`exe com scr pif cpl dll ocx sys drv msi msp mst msix msixbundle appx appxbundle appinstaller application
    gadget jar jnlp apk ipa deb rpm run elf xll wll xbap xapk air app efi diagcab msu ops pcd prg fxp xnk`),
  script:
    list(`bat cmd js jse vbs vbe vb wsf wsh wsc ws sct ps1 ps1xml ps2 psm1 psd1 psc1 hta hlp chm reg inf scf msc
    command action workflow applescript scpt pyw ahk au3 iqy slk
    settingcontent-ms library-ms search-ms searchconnector-ms appcontent-ms theme themepack job vsto osd rdp
    shb shs ins isp bas cdxml msh msh1 msh2 oqy rqy dqy vsmacros hpj ade adp mda mdz`),
  shortcut: list('lnk url website desktop pnagent appref-ms webloc'),
  'disk image': list('iso img vhd vhdx vmdk udf dmg toast daa'),
  archive:
    list(`zip rar 7z gz gzip tgz bz2 tbz tbz2 xz txz zst lz lzma lzh lha arj ace cab tar z r00 r01 001 uue xxe
    arc zipx alz egg wim cpio`),
  'web page': list('html htm shtml shtm xhtml xht mht mhtml svg svgz'),
  document:
    list(`doc docx docm dot dotx dotm xls xlsx xlsm xlsb xlt xltx xltm xlam xla ppt pptx pptm pps ppsx ppsm pot
    potx potm ppam rtf odt ods odp odg odf ott ots otp one onepkg pub vsd vsdx mdb accdb accde mde wps wri`),
  'PDF document': ['pdf'],
  picture: list('png jpg jpeg jpe gif bmp tif tiff webp ico heic heif avif psd jfif'),
  'sound or film': list('mp3 wav ogg m4a flac aac mp4 m4v mov avi mkv wmv webm mpg mpeg 3gp'),
  text: list(
    'txt log csv tsv md ics vcf asc sig json xml yaml yml conf ini diff patch sh py pl rb php lua sql c h java ts go rs',
  ),
}

const kindOfExtension = new Map<string, Kind>()
for (const [kind, words] of Object.entries(extensions) as [Kind, string[]][])
  for (const extension of words) kindOfExtension.set(extension, kind)

export const macroExtensions: ReadonlySet<string> = new Set(
  list('docm dotm xlsm xltm xlam xla xlsb pptm potm ppam ppsm sldm accde mde'),
)

export const kindByExtension = (extension: string): Kind | null => kindOfExtension.get(extension) ?? null

const types = new Map<string, Kind>([
  ['application/vnd.microsoft.portable-executable', 'program'],
  ['application/x-msdownload', 'program'],
  ['application/x-dosexec', 'program'],
  ['application/x-elf', 'program'],
  ['application/x-mach-binary', 'program'],
  ['application/x-msi', 'program'],
  ['application/java-archive', 'program'],
  ['application/java-vm', 'program'],
  ['application/vnd.android.package-archive', 'program'],
  ['application/wasm', 'program'],
  ['application/x-shockwave-flash', 'program'],
  ['text/x-shellscript', 'script'],
  ['application/x-httpd-php', 'script'],
  ['application/javascript', 'script'],
  ['text/javascript', 'script'],
  ['application/vnd.ms-htmlhelp', 'script'],
  ['application/hta', 'script'],
  ['application/x-ms-shortcut', 'shortcut'],
  ['application/x-mswinurl', 'shortcut'],
  ['application/x-iso9660-image', 'disk image'],
  ['application/x-vhd', 'disk image'],
  ['application/x-vhdx', 'disk image'],
  ['application/x-apple-diskimage', 'disk image'],
  ['application/zip', 'archive'],
  ['application/x-zip-compressed', 'archive'],
  ['application/vnd.rar', 'archive'],
  ['application/x-rar-compressed', 'archive'],
  ['application/x-7z-compressed', 'archive'],
  ['application/gzip', 'archive'],
  ['application/x-gzip', 'archive'],
  ['application/x-bzip2', 'archive'],
  ['application/x-xz', 'archive'],
  ['application/x-lzip', 'archive'],
  ['application/zstd', 'archive'],
  ['application/x-tar', 'archive'],
  ['application/x-arj', 'archive'],
  ['application/x-ace-compressed', 'archive'],
  ['application/vnd.ms-cab-compressed', 'archive'],
  ['text/html', 'web page'],
  ['image/svg+xml', 'web page'],
  ['application/xhtml+xml', 'web page'],
  ['application/pdf', 'PDF document'],
  ['application/msword', 'document'],
  ['application/rtf', 'document'],
  ['text/rtf', 'document'],
  ['application/x-ole-storage', 'document'],
  ['application/x-onenote', 'document'],
  ['text/plain', 'text'],
  ['text/csv', 'text'],
  ['text/calendar', 'text'],
  ['text/vcard', 'text'],
])

/** Null for a type that says nothing, such as application/octet-stream. */
export function kindByType(type: string): Kind | null {
  const kind = types.get(type)
  if (kind) return kind
  if (type.startsWith('image/')) return 'picture'
  if (type.startsWith('audio/') || type.startsWith('video/')) return 'sound or film'
  if (
    /^application\/vnd\.(ms-(excel|powerpoint|word|outlook)|openxmlformats-|oasis\.opendocument)/.test(type)
  )
    return 'document'
  return null
}
