import { relating } from './support.js';

const { withRelation } = await relating();
const template = (target: string) => withRelation('attachedTemplate', target);

describe('a template on the disk of whoever wrote the file', () => {
  it.each([
    // Word's own, which nearly every file could name
    'Normal.dotm',
    'Normal.dot',
    'Normal.wpt',
    'NormalEmail.dotm',
    'NORMAL.DOTM',
    'file:///C:\\Users\\x\\AppData\\Roaming\\Microsoft\\Templates\\Normal.dotm',
    'file:///C:/Users/x/AppData/Roaming/Microsoft/Templates/Normal.dotm',
    'file:///C:%5CDocuments%20and%20Settings%5Cx%5CApplication%20Data%5CMicrosoft%5CTemplates%5CNormal.dot',
    'C:\\Program Files\\Microsoft Office\\Templates\\Normal.dot',
    'C:/Users/x/Normal.dotm',
    '/C:/Users/x/Normal.dotm',
    'file:/C:/Users/x/Normal.dotm',
    'file://C:/Users/x/Normal.dotm',
    'file:///C|/Users/x/Normal.dotm',
    '\\\\?\\C:\\Users\\x\\Normal.dotm',
    '\\Users\\x\\AppData\\Roaming\\Microsoft\\Templates\\Normal.dotm',
    'AppData\\Roaming\\Microsoft\\Templates\\Normal.dotm',
    // macOS, by slashes and by colons
    '/Users/x/Library/Group%20Containers/UBF8T346G9.Office/User%20Content.localized/Templates.localized/Normal.dotm',
    'file:///Users/x/Library/Application%20Support/Microsoft/Office/User%20Templates/Normal.dotm',
    'file://localhost/Users/x/Library/Application%20Support/Microsoft/Office/User%20Templates/Normal.dotm',
    'file://localhost/Macintosh%20HD/Users/x/Normal.dotm',
    '/Volumes/Macintosh%20HD/Users/x/Normal.dotm',
    'Macintosh%20HD:Users:x:Library:Application%20Support:Microsoft:Office:User%20Templates:Normal.dotm',
    'file:///Macintosh%20HD:Users:x:Library:Normal.dotm',
    'file://localhost/Macintosh%20HD%3AUsers%3Ax%3ANormal.dotm',
    'Macintosh HD:Microsoft Office X:Templates:Normal',
    'MacHD:Users:x:Normal.dotm',
    '系统盘:Users:x:Normal.dotm',
    // Linux, and telephones
    '/home/x/.local/share/Kingsoft/office6/templates/wps/zh_CN/Normal.dotm',
    'file:///opt/kingsoft/wps-office/office6/mui/zh_CN/templates/Normal.dotm',
    '/storage/emulated/0/Android/data/cn.wps.moffice_eng/files/Normal.dotm',
    // WPS, in bytes of UTF-8, of GBK, and of GBK that was read as another
    'C:\\Users\\x\\AppData\\Roaming\\kingsoft\\office6\\templates\\wps\\zh_CN\\Normal.dotm',
    'file:///C:\\Users\\%E5%BC%A0\\AppData\\Roaming\\kingsoft\\office6\\templates\\wps\\zh_CN\\Normal.dotm',
    'file:///C:/Documents%20and%20Settings/%B9%DC%C0%ED%D4%B1/Normal.dot',
    'file:///C:\\Users\\ÕÅÈý\\Application Data\\Normal.dotm',
    // others than Word's own: what was downloaded, a gallery, another disk
    'file:///C:\\Users\\x\\AppData\\Roaming\\kingsoft\\office6\\templates\\download\\A1B2\\工作计划模板.docx',
    'file:///D:\\WPS\\templates\\download\\默认\\年度 计划.wpt',
    'C:\\Program Files (x86)\\Microsoft Office\\Templates\\2052\\Oriel Report.dotx',
    'TM02835233[[fn=Report design (blank)]].dotx',
    'TP030001.dotx',
    'Templates/年度计划.dotx',
    'file:///E:/模板/计划.dotm',
    'G:\\模板\\计划.dotm',
    'C:\\a..b\\..c\\d.dotx',
    'C:\\100%25\\50% off.dotx',
  ])('is nothing that the file draws on: %s', async (target) => {
    expect(await template(target)).toEqual([]);
  });

  it('is so only as a template: a picture from there is missing on every other desk', async () => {
    expect(await withRelation('image', 'file:///C:\\Users\\x\\a.png')).toEqual(['EXTERNAL_LINK']);
  });
});

describe('a template from elsewhere', () => {
  it.each([
    'https://host.example/Normal.dotm',
    'HTTP://host.example/Normal.dotm',
    ' http://host.example/C:/Users/x/Normal.dotm',
    'ht\ntp://host.example/Normal.dotm',
    'http:Users:x:Normal.dotm',
    'ftp://host.example/Normal.dotm',
    'ftps://host.example/Normal.dotm',
    'smb://host/share/Normal.dotm',
    'webdav://host/Normal.dotm',
    'mhtml:http://host.example/x!Normal.dotm',
    'ms-word:nft|u|https://host.example/Normal.dotm',
    'odd:Normal.dotm',
    '\\\\host\\share\\Normal.dotm',
    '//host/share/Normal.dotm',
    '\\/host/share/Normal.dotm',
    '\\\\\\host\\share\\Normal.dotm',
    '\\\\192.168.1.1@80\\DavWWWRoot\\Normal.dotm',
    '\\\\host@SSL\\DavWWWRoot\\Normal.dotm',
    '\\\\localhost\\share\\Normal.dotm',
    '\\\\?\\UNC\\host\\share\\Normal.dotm',
    '\\\\.\\UNC\\host\\share\\Normal.dotm',
    '\\??\\UNC\\host\\share\\Normal.dotm',
    '\\\\?\\GLOBALROOT\\Device\\Mup\\host\\share\\Normal.dotm',
    '%5C%5Chost%5Cshare%5CNormal.dotm',
    '%255C%255Chost%255Cshare%255CNormal.dotm',
    'file://host/share/Normal.dotm',
    'file:\\\\host\\share\\Normal.dotm',
    'file:////host/share/Normal.dotm',
    'file://///host/share/Normal.dotm',
    'file:///\\\\host\\share\\Normal.dotm',
    'file:///%5C%5Chost/share/Normal.dotm',
    'file://localhost//host/share/Normal.dotm',
    'file://C@host/share/Normal.dotm',
    // what climbs may end anywhere
    '..\\..\\host\\Normal.dotm',
    '../Normal.dotm',
    'C:\\Users\\x\\..\\..\\share\\Normal.dotm',
    'C:..\\Normal.dotm',
    'file:///C:/%2E%2E/Normal.dotm',
    'file:///C:/a/.%2e%5CNormal.dotm',
    'C:\\a\\.. \\Normal.dotm',
    '/Users/../net/host/Normal.dotm',
    'Macintosh HD:Users::Normal.dotm',
    // drives that a network has, where a disk has none
    'Z:\\Templates\\Normal.dotm',
    'file:///Z:/Normal.dotm',
    'file:///z|/Normal.dotm',
    'H:\\Normal.dotm',
    '\\\\?\\Z:\\Normal.dotm',
    'B:\\Normal.dotm',
    '/net/host/share/Normal.dotm',
    '/Volumes/Share/Normal.dotm',
    '/Network/Servers/host/Normal.dotm',
    '/mnt/share/Normal.dotm',
    '/run/user/1000/gvfs/smb-share:server=host,share=x/Normal.dotm',
    'Share:Templates:Normal.dotm',
    'Macintosh HD:Volumes:Share:Normal.dotm',
    'C:\\a%2500b\\Normal.dotm',
  ])('is refused: %s', async (target) => {
    expect(await template(target)).toEqual(['EXTERNAL_LINK']);
  });
});
